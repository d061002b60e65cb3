import { setTimeout as elapsed } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slowStore } from '../bench/slow-store.ts';
import { type TurnCost, turnCost } from '../bench/turn-cost.ts';
import { explainFailures, type OwnCloud, openCloud } from './own-cloud.ts';
import { isLocal } from './target.ts';
import { registerAgent, startTestAgent, type TestAgent } from './test-agent.ts';

/** Long enough for calls that run at the same time to overlap in the ledger's whole milliseconds. */
const STORE_MS = 30;
/** Longer than what a router might do after its reply. */
const SETTLED_MS = 50;
const TURNS = 30;

describe.runIf(isLocal)('a turn of a conversation', () => {
  let own: OwnCloud;
  let agent: TestAgent;
  const costs: TurnCost[] = [];

  beforeAll(async () => {
    agent = await startTestAgent('instant');
    own = await openCloud();
    await registerAgent(own.cloud, agent);
    await own.client.say({ message: 'Warm up', agent_id: agent.agentId });
    own.cloud.setInterposers([slowStore(STORE_MS)]);
    for (let count = 0; count < TURNS; count += 1) {
      const sinceSeq = own.cloud.ledger.entries().at(-1)?.seq ?? 0;
      const { body } = await own.client.say({ message: 'Write', agent_id: agent.agentId, conversation_id: 'long' });
      await elapsed(SETTLED_MS);
      const [{ receivedMs = 0, answeredMs = 0 } = {}] = agent.callsOf(body.turn_id);
      costs.push(turnCost(own.cloud.ledger.entries({ sinceSeq }), { receivedMs, answeredMs }));
    }
  });
  afterAll(async () => {
    await own?.cloud.close();
    await agent?.close();
  });
  explainFailures(() => own);

  test('costs as much when it is the thirtieth as when it is the second', () => {
    const [, second] = costs;
    const last = costs.at(-1);
    expect(last?.requests).toBe(second?.requests);
    expect(new Set(costs.slice(1).map(({ requests }) => requests)).size).toBe(1);
  });

  test('keeps the budgets of requests and round trips', () => {
    for (const { requests, roundTripsBefore, roundTripsAfter } of costs) {
      expect(requests).toBeGreaterThanOrEqual(3);
      expect(requests).toBeLessThanOrEqual(6);
      expect(roundTripsBefore).toBeGreaterThanOrEqual(1);
      expect(roundTripsBefore).toBeLessThanOrEqual(2);
      expect(roundTripsAfter).toBe(1);
    }
  });

  test('reads the registry now and then, not every time', () => {
    expect(costs.filter(({ registryRequests }) => registryRequests > 0).length).toBeLessThan(TURNS / 3);
  });
});
