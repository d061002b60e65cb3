import { expect, it } from 'vitest';
import type { ProbeResult } from '../../../functions/application/agent-ports.ts';
import { makeProbeAgent } from '../../../functions/application/health/probe-agent.ts';
import { UNCHECKED } from '../../../functions/domain/health/health.ts';
import { agentDefinition, agentState, NOON_MS, registeredAgent } from '../../twins/samples.ts';

const target = registeredAgent(agentDefinition('zig', 'debugger'));
const minutes = [{ minute: 1, calls: 1, failures: 0, totalMs: 3, latency: [1] }];

const probing = (result: ProbeResult) => {
  let ms = 0;
  return makeProbeAgent({
    caller: { probe: async () => result },
    clock: () => NOON_MS + 60_000,
    stopwatch: () => {
      ms += 7;
      return ms;
    },
  });
};
const replied = (status: 'healthy' | 'degraded' | 'unhealthy'): ProbeResult => ({ kind: 'replied', reply: { status } });

it('a check that went well says so, when, and how long it took; calls are left as they were', async () => {
  const { state, seen, reason } = await probing(replied('healthy'))(target, agentState({ minutes, reason: 'old' }));
  expect([seen, reason]).toEqual(['healthy', null]);
  const now = NOON_MS + 60_000;
  const times = { responseTimeMs: 7, lastCheckMs: now, lastHealthyMs: now };
  expect(state).toEqual({ health: 'healthy', contrary: 0, reason: null, checks: 2, passed: 2, minutes, ...times });
});

it('an agent that is degraded works, but was not healthy', async () => {
  const { state, reason } = await probing(replied('degraded'))(target, agentState());
  expect([state.health, reason, state.lastHealthyMs]).toEqual(['degraded', null, NOON_MS]);
});

it.each([
  ['no reply', { kind: 'failed', reason: 'no reply within 5 s', cause: undefined }, 'no reply within 5 s', null],
  ['its own word', replied('unhealthy'), 'the agent says that it is unhealthy', 7],
] as const)('a check that failed by %s gives the reason', async (_, result, expected, responseTimeMs) => {
  const { state, seen, reason } = await probing(result)(target, agentState());
  expect([seen, reason]).toEqual(['unhealthy', expected]);
  expect(state).toMatchObject({
    health: 'healthy',
    contrary: 1,
    reason: expected,
    responseTimeMs,
    lastHealthyMs: NOON_MS,
  });
});

it('nothing is known of an agent that was never checked; its first good check counts', async () => {
  expect((await probing(replied('healthy'))(target, UNCHECKED)).state).toMatchObject({ health: 'healthy', checks: 1 });
});

it('an agent has 5 s for its check', async () => {
  const startedMs = performance.now();
  const probe = makeProbeAgent({
    caller: {
      probe: (_target, signal) =>
        new Promise((resolve) => {
          signal.onabort = () => resolve({ kind: 'failed', reason: 'no reply within 5 s', cause: signal.reason });
        }),
    },
    clock: () => NOON_MS,
    stopwatch: () => 0,
  });
  expect((await probe(target, UNCHECKED)).seen).toBe('unhealthy');
  expect(performance.now() - startedMs).toBeGreaterThan(4_900);
}, 10_000);
