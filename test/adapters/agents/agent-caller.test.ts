import { describe, expect, it } from 'vitest';
import { makeAgentCaller } from '../../../functions/adapters/agents/agent-caller.ts';
import type { AgentCaller } from '../../../functions/application/ports.ts';
import { agentRequestOf } from '../../contracts/agent-caller.contract.ts';
import { answerOf, makeMemoryAgentCaller } from '../../twins/agent-caller.ts';
import { agentDefinition, patience } from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';

const named = (name: string): AgentCaller =>
  makeMemoryAgentCaller({ call: () => answerOf(name), probe: () => 'healthy' });
const local = makeAgentCaller({ lambda: named('lambda'), loopback: named('loopback'), log: silentLog });
const deployed = makeAgentCaller({ lambda: named('lambda'), log: silentLog });

const at = (endpointUrl: string, healthCheckUrl?: string) => ({
  ...agentDefinition('helper', 'debugger'),
  endpointUrl,
  ...(healthCheckUrl === undefined ? {} : { healthCheckUrl }),
});
const call = (caller: AgentCaller, endpoint: string) => caller.call(at(endpoint), agentRequestOf('x'), patience());

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:f:live';
const LOOPBACK = ['http://127.0.0.1:8080/ask', 'http://127.0.0.1:1', 'http://127.0.0.1/', 'http://127.0.0.1'];
const ELSEWHERE = [
  'http://127.0.0.1:80@evil.example/',
  'http://127.0.0.1.evil.example/',
  'http://127.0.0.1:8080.evil.example/',
  'http://localhost:8080/',
  'http://[::1]:8080/',
  'http://0.0.0.0/',
  'http://127.1/',
  'http://169.254.169.254/latest/meta-data',
  'https://127.0.0.1/',
  'https://agent.example/',
  'HTTP://127.0.0.1/',
  'http://user@127.0.0.1/',
];

describe('an agent is called', () => {
  it('by its ARN in every stage', async () => {
    for (const caller of [local, deployed]) expect(await call(caller, ARN)).toEqual(answerOf('lambda'));
  });

  it.each(LOOPBACK)('on this machine in the local stage alone: %s', async (endpoint) => {
    expect(await call(local, endpoint)).toEqual(answerOf('loopback'));
    expect(await call(deployed, endpoint)).toMatchObject({ kind: 'rejected', reason: 'the endpoint is not allowed' });
    expect(await deployed.probe(at(endpoint), patience())).toBeUndefined();
  });

  it.each(ELSEWHERE)('nowhere else: %s', async (endpoint) => {
    for (const caller of [local, deployed]) {
      expect(await call(caller, endpoint)).toMatchObject({ kind: 'rejected', reason: 'the endpoint is not allowed' });
      expect(await caller.probe(at(endpoint), patience())).toBeUndefined();
      expect(await caller.probe(at(ARN, endpoint), patience())).toBeUndefined();
    }
  });
});

describe('a health check', () => {
  it('goes where the definition says', async () => {
    expect(await local.probe(at('https://elsewhere.example', LOOPBACK[0]), patience())).toEqual({ status: 'healthy' });
  });

  it('survives a transport that throws', async () => {
    const throwing: AgentCaller = {
      ...named('lambda'),
      probe: async () => {
        throw new Error('no route');
      },
    };
    const caller = makeAgentCaller({ lambda: throwing, log: silentLog });
    expect(await caller.probe(at(ARN), patience())).toBeUndefined();
  });
});
