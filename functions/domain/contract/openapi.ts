import * as z from 'zod';
import { AgentView } from './agent.ts';
import { FAILURE_STATUS, type FailureCode, Problem } from './failures.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { RoutingRulesView } from './routing-rules.ts';

type Json = Record<string, unknown>;

const idOf = (schema: z.ZodType): string => z.globalRegistry.get(schema)?.id ?? '';
const reference = (schema: z.ZodType): Json => ({ $ref: `#/components/schemas/${idOf(schema)}` });

/** Failures that API Gateway or every handler can answer with. */
const COMMON: readonly FailureCode[] = ['INVALID_REQUEST', 'NOT_ACCEPTABLE', 'TOO_MANY_REQUESTS', 'INTERNAL'];
const WITH_TOKEN: readonly FailureCode[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

const problemReplies = (codes: readonly FailureCode[]): Json => {
  const byStatus = Map.groupBy(codes, (code) => FAILURE_STATUS[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      { description: names.join(', '), content: { 'application/problem+json': { schema: reference(Problem) } } },
    ]),
  );
};

const queryParameters = (query: z.ZodObject): readonly Json[] => {
  // What has a name is a component of the document.
  const text = JSON.stringify(z.toJSONSchema(query, { io: 'input' })).replaceAll('#/$defs/', '#/components/schemas/');
  const { properties = {} }: z.core.JSONSchema.BaseSchema = JSON.parse(text);
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
};

const ifMatchParameter = (ifMatch: Route['ifMatch']): readonly Json[] =>
  ifMatch === undefined
    ? []
    : [{ name: 'If-Match', in: 'header', required: ifMatch === 'required', schema: { type: 'string' } }];

const textHeader = (description: string): Json => ({ description, required: true, schema: { type: 'string' } });

/** A reply that shows an agent or rules has its version as entity tag; one that is new, where it is. */
const replyHeaders = (status: string, schema: z.ZodType | null): Json => {
  if (schema !== AgentView && schema !== RoutingRulesView) return {};
  const location = status === '201' ? { Location: textHeader('Path of the new agent.') } : {};
  return { headers: { ETag: textHeader('Of this version of what is shown: for If-Match.'), ...location } };
};

const requestBody = ({ method, request }: Route): Json => {
  if (request === undefined) return {};
  const types = ['application/json', ...(method === 'patch' ? ['application/merge-patch+json'] : [])];
  const content = Object.fromEntries(types.map((type) => [type, { schema: reference(request) }]));
  return { requestBody: { required: true, content } };
};

const parameters = ({ path, query, ifMatch }: Route): readonly Json[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  })),
  ...(query === undefined ? [] : queryParameters(query)),
  ...ifMatchParameter(ifMatch),
];

const operation = (route: Route): Json => {
  const codes = [...route.failures, ...COMMON, ...(route.scope === null ? [] : WITH_TOKEN)];
  const replies = Object.entries(route.replies).map(([status, schema]) => [
    status,
    {
      description: route.summary,
      ...replyHeaders(status, schema),
      content: { 'application/json': { schema: schema === null ? { type: 'object' } : reference(schema) } },
    },
  ]);
  return {
    operationId: route.operationId,
    summary: route.summary,
    parameters: parameters(route),
    ...requestBody(route),
    responses: { ...Object.fromEntries(replies), ...problemReplies(codes) },
    security: route.scope === null ? [] : [{ bearer: [route.scope] }],
  };
};

const componentSchemas = (): Json => {
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: 'input', uri });
  // zod takes what several schemas share for a document of its own; here it stands in the same one.
  const inOne: typeof schemas = JSON.parse(JSON.stringify(schemas).replaceAll('__shared#/', '__shared/'));
  return Object.fromEntries(
    Object.entries(inOne).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]),
  );
};

let document: Json | undefined;

/** The OpenAPI 3.1 document, made from the schemas that requests and replies are checked with. */
export const openApiDocument = (): Json => {
  document ??= {
    openapi: '3.1.0',
    info: { title: 'Switchboard', version: '1', description: 'Routes messages to specialised AI agents.' },
    paths: Object.fromEntries(
      [...Map.groupBy(ROUTES, ({ path }) => path)].map(([path, routes]) => [
        path,
        Object.fromEntries(routes.map((route) => [route.method, operation(route)])),
      ]),
    ),
    components: {
      schemas: componentSchemas(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
  return document;
};
