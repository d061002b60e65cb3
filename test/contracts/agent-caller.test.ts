import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll } from 'vitest';
import { makeAgentCaller } from '../../functions/adapters/agents/agent-caller.ts';
import { makeEndpointGuard } from '../../functions/adapters/agents/endpoint-guard.ts';
import { makeHttpAgents } from '../../functions/adapters/agents/http-agents.ts';
import { makeLambdaAgents } from '../../functions/adapters/agents/lambda-agents.ts';
import { type Behaviour, makeMemoryAgentCaller, type ProbeBehaviour } from '../twins/agent-caller.ts';
import { agentDefinition, NOON_MS } from '../twins/samples.ts';
import { type AgentConduct, ANSWER, describeAgentCaller, HANDOFF, type StagedAgent } from './agent-caller.contract.ts';
import { type StagedServer, startServer } from './staged-server.ts';

const CALLS: Readonly<Record<AgentConduct, Behaviour>> = {
  answers: { kind: 'answered', answer: ANSWER },
  'hands over': {
    kind: 'answered',
    answer: { content: '', handoff: { agentType: 'debugger' as never, reason: 'it crashes' } },
  },
  fails: { kind: 'failed', reason: 'the agent failed', cause: 'secret' },
  'is busy': { kind: 'busy', reason: 'the agent is busy', cause: 429 },
  'talks nonsense': { kind: 'failed', reason: 'not an answer', cause: 'nonsense' },
  hangs: 'hang',
  'is degraded': { kind: 'answered', answer: { content: '' } },
};
const PROBES: Readonly<Record<AgentConduct, ProbeBehaviour>> = {
  answers: 'healthy',
  'hands over': 'healthy',
  fails: 'nonsense',
  'is busy': 'nonsense',
  'talks nonsense': 'nonsense',
  hangs: 'hang',
  'is degraded': 'degraded',
};

interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a conduct looks like on the wire; undefined for silence. */
const replyOf = (conduct: AgentConduct, isProbe: boolean, transport: 'http' | 'lambda'): WireReply | undefined => {
  const said = (value: unknown, status = 200, headers = {}): WireReply => ({
    status,
    headers,
    body: JSON.stringify(value),
  });
  switch (conduct) {
    case 'answers':
      return said(isProbe ? { status: 'healthy' } : ANSWER);
    case 'hands over':
      return said(HANDOFF);
    case 'is degraded':
      return said({ status: 'degraded' });
    case 'talks nonsense':
      return { status: 200, headers: {}, body: '<html>secret</html>' };
    case 'fails':
      return transport === 'http'
        ? said({ error: 'secret stack' }, 500)
        : said({ errorType: 'Error', errorMessage: 'secret' }, 200, { 'x-amz-function-error': 'Unhandled' });
    case 'is busy':
      return said({ message: 'Rate exceeded' }, 429, { 'x-amzn-errortype': 'TooManyRequestsException' });
    case 'hangs':
      return undefined;
    default:
      return conduct satisfies never;
  }
};

const isHealthCheck = (method: string | undefined, body: string): boolean =>
  method === 'GET' || body === '{"message_type":"health_check"}';

let conductNow: AgentConduct = 'answers';
let server: StagedServer;
beforeAll(async () => {
  server = await startServer((request, response, body) => {
    const transport = request.url?.includes('/functions/') === true ? 'lambda' : 'http';
    const reply = replyOf(conductNow, isHealthCheck(request.method, body), transport);
    if (reply !== undefined) response.writeHead(reply.status, reply.headers).end(reply.body);
  });
});
afterAll(() => server.stop());

const helper = (changes = {}): StagedAgent['agent'] => ({
  owner: 'global',
  definition: agentDefinition('helper', 'debugger', changes),
});

const overTheWire = (): StagedAgent['caller'] => {
  const client = new LambdaClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const resolve = async () => [];
  const http = makeHttpAgents({
    guard: makeEndpointGuard({ allowsLoopback: true, allowedHosts: undefined, resolve }),
    secrets: { read: () => Promise.reject(new Error('no secret is read')), doubt: () => undefined },
    stage: 'local',
    clock: () => NOON_MS,
  });
  return makeAgentCaller({ lambda: makeLambdaAgents(client), http });
};

describeAgentCaller('in memory', (conduct) => ({
  agent: helper(),
  caller: makeMemoryAgentCaller({ call: () => CALLS[conduct], probe: () => PROBES[conduct] }),
}));
describeAgentCaller('HTTP', (conduct) => {
  conductNow = conduct;
  return { agent: helper({ endpoint_url: `${server.url}/ask` }), caller: overTheWire() };
});
describeAgentCaller('Lambda', (conduct) => {
  conductNow = conduct;
  return { agent: helper(), caller: overTheWire() };
});
