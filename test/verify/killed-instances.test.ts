import { setTimeout as elapsed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DELIVERY_POLICY } from '../../functions/domain/delivery/delivery-policy.ts';
import type { Reply } from '../e2e/client.ts';
import { explainFailures, type OwnCloud, openCloud } from '../e2e/own-cloud.ts';
import { registerAgent, startTestAgent, type TestAgent } from '../e2e/test-agent.ts';

const TURNS = 500;
const CONVERSATIONS = 25;
/** Turns in flight. */
const PARALLEL = 6;
/** Calls of the agent between two kills: progress is the measure, not time, so that a slow machine gets as far. */
const CALLS_PER_KILL = { min: 4, spread: 20 };
/** As many as the worker's event source may use: what is throttled there ends in the dead-letter queue. */
const MAX_INSTANCES = 10;
/** Longer than any lease and any delay before a retry. */
const LONG_MS = DELIVERY_POLICY.maxDelayMs + 60_000;
const ROUNDS = 30;

let own: OwnCloud;
let agent: TestAgent;

beforeAll(async () => {
  agent = await startTestAgent('unsteady');
  own = await openCloud({ maxInstances: MAX_INSTANCES });
  await registerAgent(own.cloud, agent);
  agent.behave(() => (Math.random() < 0.1 ? { kind: 'fail' } : { kind: 'answer', delayMs: Math.random() * 150 }));
});
afterAll(async () => {
  await own?.cloud.close();
  await agent?.close();
});
explainFailures(() => own);

interface Turn {
  readonly turn_id: string;
  readonly status: string;
  readonly message: string;
  readonly response?: unknown;
  readonly attempts: readonly { readonly outcome: string }[];
}

const conversationOf = (index: number): string => `conversation-${index % CONVERSATIONS}`;

/** Sends all messages while somebody kills routers and workers. @returns the whole replies, by their message */
const sendUnderFire = async (): Promise<ReadonlyMap<string, Reply>> => {
  const replies = new Map<string, Reply>();
  let next = 0;
  const sender = async () => {
    for (let index = next++; index < TURNS; index = next++) {
      const message = `Write number ${index}`;
      const fields = { message, agent_id: agent.agentId, conversation_id: conversationOf(index) };
      try {
        replies.set(message, await own.client.say(fields));
      } catch (error) {
        // `fetch` says so when the connection is cut: the router had begun its reply when it was killed.
        if (!(error instanceof TypeError)) throw error;
      }
    }
  };
  let isSending = true;
  let kills = 0;
  const killer = async () => {
    let nextKill = 0;
    while (isSending) {
      await elapsed(5);
      if (agent.calls.length < nextKill) continue;
      nextKill = agent.calls.length + CALLS_PER_KILL.min + Math.random() * CALLS_PER_KILL.spread;
      kills += own.cloud.host.kill(Math.random() < 0.8 ? 'Router' : 'Worker');
    }
  };
  const killing = killer();
  await Promise.all(Array.from({ length: PARALLEL }, sender)).finally(() => {
    isSending = false;
  });
  await killing;
  expect(kills).toBeGreaterThan(10);
  return replies;
};

/** @param known conversations of which a caller was told a turn */
const allTurns = async (known: ReadonlySet<string>): Promise<readonly Turn[]> => {
  const turns: Turn[] = [];
  for (let index = 0; index < CONVERSATIONS; index += 1)
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const query = new URLSearchParams({ limit: '100', ...(cursor === '' ? {} : { cursor }) });
      const { status, body } = await own.client.get(`/v1/conversations/${conversationOf(index)}?${query}`);
      // Where every message was cut off before it was stored, there is no conversation.
      if (status === 404) expect(known).not.toContain(conversationOf(index));
      else expect(status).toBe(200);
      turns.push(...(body.turns ?? []));
      cursor = body.next;
    }
  return turns;
};

/** Lets time pass, with a killer about for the first rounds, until no turn is pending. */
const settle = async (known: ReadonlySet<string>): Promise<readonly Turn[]> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await own.cloud.advanceClock(LONG_MS);
    await own.cloud.runSchedules();
    if (round < 3) own.cloud.host.kill('Worker');
    await elapsed(2_000);
    const turns = await allTurns(known);
    if (turns.every(({ status }) => status !== 'pending')) return turns;
  }
  throw new Error(`turns are still pending after ${ROUNDS} rounds`);
};

test(`survives: ${TURNS} turns while routers and workers are killed, each ends, and none twice`, async () => {
  const replies = await sendUnderFire();
  const told = [...replies.values()].filter(({ body }) => body.turn_id !== undefined);
  const turns = await settle(new Set(told.map(({ body }) => body.conversation_id)));

  const byId = new Map(turns.map((turn) => [turn.turn_id, turn]));
  expect(byId.size).toBe(turns.length);
  // A message whose caller heard nothing may have become no turn, but never two.
  const messages = turns.map(({ message }) => message);
  expect(new Set(messages).size).toBe(messages.length);

  expect(told.length).toBeGreaterThan(TURNS / 4);
  expect(told.length).toBeLessThan(TURNS);
  for (const { body } of told) {
    const turn = byId.get(body.turn_id);
    expect(turn).toBeDefined();
    // What the caller was told is what is stored, and it never changes.
    if (body.status === 'answered') expect(turn).toMatchObject({ status: 'answered', response: body.response });
  }
  for (const { status, attempts } of turns) {
    const answers = attempts.filter(({ outcome }) => outcome === 'answered').length;
    expect([status, answers]).toEqual([status, status === 'answered' ? 1 : 0]);
  }
  expect(turns.filter(({ status }) => status === 'answered').length).toBeGreaterThan(turns.length * 0.9);
  expect((await own.control.queues()).map(({ visible, in_flight }) => visible + in_flight)).toEqual([0, 0]);
});
