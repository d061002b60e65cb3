import { describe, expect, it } from 'vitest';
import { makeAgentCaller } from '../../../functions/adapters/agents/agent-caller.ts';
import type { AgentCaller } from '../../../functions/application/agent-ports.ts';
import { agentRequestOf } from '../../contracts/agent-caller.contract.ts';
import { answerOf, makeMemoryAgentCaller } from '../../twins/agent-caller.ts';
import { agentDefinition, patience } from '../../twins/samples.ts';

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:f:live';
const HTTPS = 'https://agent.example/ask';

const lambda = makeMemoryAgentCaller({ call: () => answerOf('lambda'), probe: () => 'degraded' });
const http = makeMemoryAgentCaller({ call: () => answerOf('http'), probe: () => 'healthy' });
const caller = makeAgentCaller({ lambda, http });
const at = (endpointUrl: string, healthCheckUrl?: string) => ({
  owner: 'global' as const,
  definition: agentDefinition('helper', 'debugger', {
    endpoint_url: endpointUrl,
    ...(healthCheckUrl === undefined ? {} : { health_check_url: healthCheckUrl }),
  }),
});

describe('an agent', () => {
  it.each([
    [ARN, 'lambda'],
    [HTTPS, 'http'],
    ['http://127.0.0.1:1/', 'http'],
  ])('at %s is called over %s', async (endpoint, transport) => {
    expect(await caller.call(at(endpoint), agentRequestOf('x'), patience())).toEqual(answerOf(transport));
  });

  it('is checked where its definition says', async () => {
    expect(await caller.probe(at(HTTPS, ARN), patience())).toMatchObject({ reply: { status: 'degraded' } });
    expect(await caller.probe(at(ARN, HTTPS), patience())).toMatchObject({ reply: { status: 'healthy' } });
    expect(await caller.probe(at(ARN), patience())).toMatchObject({ reply: { status: 'degraded' } });
  });

  it('survives a transport that throws', async () => {
    const fault = new Error('secret');
    const throwing: AgentCaller = { call: () => Promise.reject(fault), probe: () => Promise.reject(fault) };
    const broken = makeAgentCaller({ lambda: throwing, http: throwing });
    const called = await broken.call(at(ARN), agentRequestOf('x'), patience());
    expect(called).toEqual({ kind: 'rejected', reason: 'the agent could not be called', cause: fault });
    const probed = await broken.probe(at(HTTPS), patience());
    expect(probed).toEqual({ kind: 'failed', reason: 'the health check could not be made', cause: fault });
  });

  it('survives a transport that never settles: neither a call nor a check outlasts its signal', async () => {
    const never = () => new Promise<never>(() => undefined);
    const stuck = makeAgentCaller({ lambda: { call: never, probe: never }, http: { call: never, probe: never } });
    for (const endpoint of [ARN, HTTPS]) {
      expect(await stuck.call(at(endpoint), agentRequestOf('x'), AbortSignal.timeout(50))).toEqual({
        kind: 'timed_out',
      });
      const probed = await stuck.probe(at(endpoint), AbortSignal.timeout(100));
      expect(probed).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^no reply within 0\.\d s$/) });
    }
    expect(await stuck.call(at(HTTPS), agentRequestOf('x'), AbortSignal.abort())).toEqual({ kind: 'timed_out' });
  });
});
