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
    ]);
    const tagged = operations.filter(({ operation }) =>
      Object.values(operation.responses).some((reply) => 'headers' in reply),
    );
    expect(tagged.map(({ operation }) => operation.operationId).sort()).toEqual([
      'changeAgent',
      'getAgent',
      'registerAgents',
      'replaceAgent',
    ]);
  });

  it('shows keys as they are on the wire', () => {
    const { schemas } = document.components as { schemas: Record<string, { properties?: object }> };
    const keys = Object.values(schemas).flatMap(({ properties = {} }) => Object.keys(properties));
    expect(keys).toContain('conversation_id');
    expect(keys.filter((key) => /[A-Z]/.test(key))).toEqual([]);
  });
});
