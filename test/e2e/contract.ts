import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** What of a reply the contract speaks of. */
export interface CheckedReply {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Json = Record<string, unknown>;

const PROBLEM = '#/components/schemas/Problem';

const pointer = (...keys: readonly string[]): string =>
  `#/${keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;

/** Holds replies against the OpenAPI document that the API itself serves. */
export const makeContract = (document: Json) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi');
  const paths = document.paths as Record<string, Record<string, { responses: Record<string, { content: Json }> }>>;
  const templates = Object.keys(paths)
    .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
    // `/v1/agents/status` before `/v1/agents/{agent_id}`.
    .sort((left, right) => left.path.split('{').length - right.path.split('{').length);

  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (reference: string): ValidateFunction => {
    const known = validators.get(reference) ?? ajv.compile({ $ref: `openapi${reference}` });
    validators.set(reference, known);
    return known;
  };

  const schemaOf = ({ method, path, status }: CheckedReply, type: string): string => {
    const template = templates.find(({ pattern }) => pattern.test(path))?.path ?? '';
    const operation = paths[template]?.[method.toLowerCase()];
    // What API Gateway answers to a route or method that the document does not have.
    if (operation === undefined) return PROBLEM;
    const content = operation.responses[String(status)]?.content;
    if (content === undefined) throw new Error(`the contract knows no status ${status} of ${method} ${template}`);
    if (content[type] === undefined)
      throw new Error(`${status} of ${method} ${template} must be ${Object.keys(content).join()}, not ${type}`);
    return pointer('paths', template, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema');
  };

  return {
    /** @returns the reply's body @throws Error saying how a reply breaks the contract */
    check: (reply: CheckedReply): Json => {
      const { method, path, status, headers, text } = reply;
      const what = `${method} ${path} → ${status}`;
      const type = (headers.get('content-type') ?? '').split(';')[0] ?? '';
      if ((headers.get('x-request-id') ?? '') === '') throw new Error(`${what}: no x-request-id`);
      const wanted = status < 400 ? 'application/json' : 'application/problem+json';
      if (type !== wanted) throw new Error(`${what}: is ${type}, not ${wanted}: ${text.slice(0, 500)}`);
      const body = JSON.parse(text) as Json;
      const validate = validatorOf(schemaOf(reply, type));
      if (!validate(body)) throw new Error(`${what}: ${ajv.errorsText(validate.errors)}: ${text.slice(0, 1_000)}`);
      if (status >= 400 && body.status !== status) throw new Error(`${what}: the problem says status ${body.status}`);
      return body;
    },
  };
};

export type Contract = ReturnType<typeof makeContract>;
