import { describe, expect, it } from 'vitest';
import { FAILURE_STATUS } from '../../../functions/domain/contract/failures.ts';
import { openApiDocument } from '../../../functions/domain/contract/openapi.ts';
import { ROUTES } from '../../../functions/domain/contract/routes.ts';

const document = openApiDocument();

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: object }>>;
  readonly security: readonly unknown[];
}
const paths = document.paths as Record<string, Record<string, Operation>>;
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

const referencesIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' && typeof item === 'string' ? [item] : referencesIn(item),
  );
};

const resolve = (reference: string): unknown => {
  expect(reference).toMatch(/^#\//);
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
};

describe('the OpenAPI document', () => {
  it('is one of version 3.1, made of plain JSON', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Switchboard', version: expect.any(String) } });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('describes every route once', () => {
    const described = operations.map(({ path, method }) => `${method} ${path}`).sort();
    expect(described).toEqual(ROUTES.map(({ path, method }) => `${method} ${path}`).sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(ROUTES.length);
  });

  it('has no reference that leads nowhere', () => {
    const references = new Set(referencesIn(document));
    expect(references.size).toBeGreaterThan(10);
    for (const reference of references) expect(resolve(reference), reference).toBeDefined();
  });

  it('has no schema without a name or with an id of its own', () => {
    const { schemas } = document.components as { schemas: Record<string, Record<string, unknown>> };
    for (const [id, schema] of Object.entries(schemas)) {
      expect(id).not.toBe('');
      expect(schema).not.toHaveProperty('$id');
      expect(schema).not.toHaveProperty('$schema');
    }
  });

  it.each(operations.map((entry) => [`${entry.method} ${entry.path}`, entry] as const))(
    'declares parameters, replies, failures and security of %s',
    (_, { path, method, operation }) => {
      const route = ROUTES.find((candidate) => candidate.path === path && candidate.method === method);
      if (route === undefined) throw new Error('there is no such route');
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
      expect(operation.requestBody === undefined).toBe(route.request === undefined);
      expect(operation.security).toEqual(route.scope === null ? [] : [{ bearer: [route.scope] }]);
      for (const code of route.failures) {
        const reply = operation.responses[FAILURE_STATUS[code]];
        expect(reply?.description.split(', ')).toContain(code);
        expect(reply?.content).toHaveProperty(['application/problem+json']);
      }
      for (const status of Object.keys(route.replies)) expect(operation.responses[status]).toBeDefined();
      if (route.scope !== null) expect(operation.responses).toMatchObject({ 401: {}, 403: {} });
    },
  );

  it('says which requests need a version and which replies tell one', () => {
    const headersOf = ({ operation }: (typeof operations)[number]) =>
      operation.parameters.filter((parameter) => parameter.in === 'header').map(({ required }) => required);
    const versioned = operations.filter((entry) => headersOf(entry).length > 0);
    expect(versioned.map((entry) => [entry.method, ...headersOf(entry)])).toEqual([
      ['put', true],
      ['patch', true],
      ['delete', false],
      ['put', true],
    ]);
    const tagged = operations.filter(({ operation }) =>
      Object.values(operation.responses).some((reply) => 'headers' in reply),
    );
    expect(tagged.map(({ operation }) => operation.operationId).sort()).toEqual([
      'changeAgent',
      'getAgent',
      'getRoutingRules',
      'registerAgents',
      'replaceAgent',
      'replaceRoutingRules',
    ]);
  });

  it('says what a merge patch is sent as, and where a new agent is', () => {
    const of = (id: string) => operations.find(({ operation }) => operation.operationId === id)?.operation;
    const types = (id: string) => Object.keys((of(id)?.requestBody as { content: object } | undefined)?.content ?? {});
    expect(types('changeAgent')).toEqual(['application/json', 'application/merge-patch+json']);
    expect(types('replaceAgent')).toEqual(['application/json']);
    expect(of('registerAgents')?.responses[201]).toMatchObject({ headers: { Location: {}, ETag: {} } });
    expect(of('replaceAgent')?.responses[200]).not.toHaveProperty(['headers', 'Location']);
  });

  it('says what status figures mean, what a patch is of, what PUT ignores, and what takes the scope platform', () => {
    const { schemas } = document.components as {
      schemas: Record<string, { description?: string; properties: Record<string, { description?: string }> }>;
    };
    const described = (id: string, field: string) => schemas[id]?.properties[field]?.description ?? '';
    for (const field of ['calls', 'error_rate', 'avg_ms', 'p50_ms', 'p95_ms'])
      expect(described('AgentStatus', field)).toMatch(/15 minutes.*up to 3 minutes/);
    expect(described('AgentStatus', 'p95_ms')).toMatch(/whole ms, at most a quarter too much/);
    expect(described('AgentStatus', 'in_flight')).toMatch(/mean over the newest full minute.*platform/);
    expect(described('AgentStatus', 'calls')).toMatch(/null.*platform/);
    expect(described('Status', 'active_conversations')).toMatch(/open turn/);
    expect(schemas.AgentPatch?.description).toMatch(/merge patch.*AgentRegistration/);
    for (const field of ['health', 'version', 'draining_until'])
      expect(schemas.AgentReplacement?.properties[field]).toMatchObject({ readOnly: true });
    for (const id of ['AgentRegistration', 'AgentReplacement', 'AgentPatch'])
      expect(schemas[id]?.description).toContain('platform');
  });

  it('shows keys as they are on the wire', () => {
    const { schemas } = document.components as { schemas: Record<string, { properties?: object }> };
    const keys = Object.values(schemas).flatMap(({ properties = {} }) => Object.keys(properties));
    expect(keys).toContain('conversation_id');
    expect(keys.filter((key) => /[A-Z]/.test(key))).toEqual([]);
  });
});
