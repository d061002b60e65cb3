import { afterAll, beforeAll, expect, test } from 'vitest';
import { explainFailures, type OwnCloud, openCloud } from '../e2e/own-cloud.ts';
import { until } from '../e2e/until.ts';
import { type HangingAgents, hangs, startHangingAgents } from './hanging-agents.ts';

const AGENTS = 500;
const AT_ONCE = 100;
/** A run must be over before the next one starts. */
const RUN_MS = 60_000;
/** How long the monitor waits for an agent that hangs. */
const HANGS_MS = 5_000;

const ids = Array.from({ length: AGENTS }, (_, index) => `agent-${index}`);
const hanging = ids.filter(hangs);

let agents: HangingAgents;
let own: OwnCloud;

const definitionOf = (agentId: string) => {
  const url = `http://127.0.0.1:${agents.port}/${agentId}`;
  return {
    agent_id: agentId,
    agent_type: 'code_generator',
    name: agentId,
    description: 'One of many.',
    capabilities: ['implement'],
    specializations: ['zig'],
    endpoint_url: `${url}/message`,
    health_check_url: `${url}/health`,
  };
};

/** @returns how long it took, ms */
const runMonitor = async (): Promise<number> => {
  const startedMs = performance.now();
  await own.control.runSchedules();
  return performance.now() - startedMs;
};

/** Ids of the agents of each health, in the agents' order. */
const idsByHealth = async (): Promise<Readonly<Record<string, readonly string[] | undefined>>> => {
  const { body } = await own.client.get('/v1/agents/status');
  const statuses: readonly { agent_id: string; health: string }[] = body.agents;
  const byId = new Map(statuses.map(({ agent_id, health }) => [agent_id, health]));
  return Object.groupBy(ids, (agentId) => byId.get(agentId) ?? 'absent');
};

beforeAll(async () => {
  agents = await startHangingAgents();
  own = await openCloud();
  for (let first = 0; first < AGENTS; first += AT_ONCE) {
    const { status, body } = await own.client.post(
      '/v1/agents?skip_probe=true',
      ids.slice(first, first + AT_ONCE).map(definitionOf),
    );
    expect(status).toBe(200);
    for (const result of body.results) expect(result).toMatchObject({ status: 201, agent: { health: 'unknown' } });
  }
}, 300_000);
afterAll(async () => {
  await own?.cloud.close();
  await agents?.close();
});
explainFailures(() => own);

test(`survives: ${hanging.length} of ${AGENTS} agents hang, all are probed within a minute, and the sweeper runs meanwhile`, async () => {
  expect((await agents.checks()).size).toBe(0);
  const running = runMonitor();
  await until(
    'the sweeper is done while the monitor is at work',
    async () => ((await own.control.metricSum('SweeperRuns')) === 1 ? true : undefined),
    HANGS_MS,
  );
  expect(await own.control.metricSum('AgentsProbed')).toBe(0);
  const firstMs = await running;
  expect(firstMs).toBeLessThan(RUN_MS);
  expect(firstMs).toBeGreaterThan(HANGS_MS);
  const checks = await agents.checks();
  expect(ids.filter((agentId) => checks.get(agentId) !== 1)).toEqual([]);
  // A first bad check says nothing yet.
  expect((await idsByHealth()).unhealthy).toBeUndefined();

  const secondMs = await runMonitor();
  expect(secondMs).toBeLessThan(RUN_MS);
  expect(await idsByHealth()).toEqual({ unhealthy: hanging, healthy: ids.filter((agentId) => !hangs(agentId)) });
  // Those and the built-in agents, twice.
  expect(await own.control.metricSum('AgentsProbed')).toBe(2 * (AGENTS + 5));
  expect(await own.control.metricSum('AgentsMissed')).toBe(0);
  console.info(`runs of the monitor, ${AGENTS} agents: ${Math.round(firstMs)} ms, ${Math.round(secondMs)} ms`);
});
