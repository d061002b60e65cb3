import type { AgentStore, CallTarget, ProbeResult, RegisteredAgent } from '../../functions/application/agent-ports.ts';
import type { Log } from '../../functions/application/ports.ts';
import { ROUTES } from '../../functions/domain/contract/routes.ts';
import { discoveryOperations } from '../../functions/handlers/shared/discovery-operations.ts';
import { dispatch } from '../../functions/handlers/shared/dispatch.ts';
import { httpReply } from '../../functions/handlers/shared/http-reply.ts';
import { registrationOperations } from '../../functions/handlers/shared/registration-operations.ts';
import { makeMemoryAgentStore } from '../twins/agent-store.ts';
import { NOON_MS } from '../twins/samples.ts';

export const HEALTHY: ProbeResult = { kind: 'replied', reply: { status: 'healthy' } };
export const ALL_SCOPES = ['agents:read', 'agents:write', 'platform'];
export const TEAM_SCOPES = ['agents:read', 'agents:write'];

export interface RigOptions {
  readonly agents?: readonly RegisteredAgent[];
  readonly probe?: (target: CallTarget, signal: AbortSignal) => Promise<ProbeResult>;
  readonly checkEndpoint?: (url: string) => Promise<string | undefined>;
  readonly circuits?: ReadonlyMap<string, 'open' | 'half_open'>;
  readonly stopwatch?: () => number;
  /** What the store does in place of its twin. */
  readonly store?: (twin: AgentStore) => Partial<AgentStore>;
}

export interface RequestParts {
  readonly body?: unknown;
  readonly tenant?: string;
  readonly scopes?: readonly string[];
  readonly ifMatch?: string | undefined;
  readonly query?: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: a wrong path fails the test
type Body = any;

const templateOf = (path: string): string =>
  ROUTES.map((route) => route.path)
    .sort((left, right) => left.split('{').length - right.split('{').length)
    .find((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)) ?? path;

/** The registry's routes over twins: requests in, replies out, as API Gateway passes them. */
export const makeRig = (options: RigOptions = {}) => {
  const { probe = async () => HEALTHY, checkEndpoint = async () => undefined, circuits = new Map() } = options;
  let nowMs = NOON_MS;
  const store = makeMemoryAgentStore(options.agents, () => nowMs);
  const agents = { ...store, ...options.store?.(store) };
  const lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const say: Log['info'] = (message, fields = {}) => void lines.push({ message, fields });
  const probed: string[] = [];
  const clock = () => nowMs;
  const guarded = {
    ...registrationOperations({
      agents,
      caller: {
        probe: (target, signal) => {
          probed.push(target.definition.agentId);
          return probe(target, signal);
        },
      },
      checkEndpoint,
      stage: 'test',
      clock,
      stopwatch: options.stopwatch ?? (() => 0),
      log: { info: say, warn: say, error: say },
    }),
    ...discoveryOperations({
      agents,
      circuits: async (owner) => (owner === 'global' ? new Map() : circuits),
      open: { activeConversations: async () => 3 },
      clock,
    }),
  };

  const send = async (method: string, path: string, parts: RequestParts = {}) => {
    const { body, tenant = 'acme', scopes = ALL_SCOPES, ifMatch, query = {} } = parts;
    const resource = templateOf(path);
    const [, , , id] = path.split('/');
    const reply = await httpReply(
      {
        httpMethod: method,
        resource,
        headers: {
          'Content-Type': 'application/json',
          ...(ifMatch === undefined ? {} : { 'IF-MATCH': ifMatch }),
        },
        pathParameters: resource.includes('{') ? { agent_id: id } : null,
        queryStringParameters: query,
        body: body === undefined ? null : JSON.stringify(body),
        isBase64Encoded: false,
        requestContext: {
          requestId: 'r-1',
          path: `/prod${path}`,
          authorizer: { tenant, user_id: 'ann', scopes: scopes.join(' '), expires_at: String(nowMs / 1000 + 60) },
        },
      },
      (event) => dispatch({ guarded }, event, nowMs),
    );
    return { status: reply.statusCode, headers: reply.headers, body: JSON.parse(reply.body) as Body };
  };

  return {
    send,
    store,
    registry: store.registry,
    /** What was logged. */
    lines,
    /** Ids of the agents whose health was checked. */
    probed,
    advance: (ms: number) => {
      nowMs += ms;
    },
    register: (fields: Readonly<Record<string, unknown>> = {}, parts: RequestParts = {}) =>
      send('POST', '/v1/agents', { body: definition(fields), ...parts }),
  };
};

/** A definition on the wire. */
export const definition = (fields: Readonly<Record<string, unknown>> = {}) => ({
  agent_id: 'zig',
  agent_type: 'debugger',
  name: 'Zig',
  description: '',
  capabilities: ['fix'],
  specializations: [],
  endpoint_url: 'https://agents.example.com/zig',
  ...fields,
});

/** The entity tag of a version of an agent that was registered at noon. */
export const tag = (version: number): string => `"${version}.${NOON_MS.toString(36)}"`;

export const failed = (reason: string): ProbeResult => ({ kind: 'failed', reason, cause: undefined });

/** Paths of the fields that a problem names. */
export const fieldsOf = (body: Body): readonly string[] =>
  (body.errors ?? []).map(({ path }: { path: string }) => path);
