import { type AgentQueue, makeAgentQueue } from './agent-queue.ts';
import type { Call } from './call.ts';
import type { EventQueue } from './event-queue.ts';
import type { World } from './world.ts';

/** A caller waits no longer, ms: the deadline of a request that names none. */
export const DEADLINE_MS = 60_000;

/** Share of calls that fail with an agent that nothing ails. */
const USUAL_FAILURES = 0.005;

/** What comes of a call at some time. */
export type Happening = { readonly call: Call } & (
  | { readonly kind: 'worked'; readonly hasFailed: boolean }
  | { readonly kind: 'given_up' }
);

/** Agents at work: whom they let wait, how long they take, whether they fail. Their condition and a turn's luck decide. */
export const makeAgentPool = (
  { fleet, conditions }: Pick<World, 'fleet' | 'conditions'>,
  happenings: EventQueue<Happening>,
  clock: () => number,
) => {
  const queues = new Map<string, AgentQueue<Call>>(fleet.map((agent) => [agent.id, makeAgentQueue(agent)]));

  const begin = (call: Call): void => {
    const { agent, turn } = call;
    const trouble = conditions.of(agent, clock());
    const hasFailed = turn.misfortune < (trouble?.failures ?? USUAL_FAILURES);
    const usualMs = agent.typicalMs * turn.effort * (trouble?.slowdown ?? 1);
    const endsAtMs = clock() + (hasFailed ? (trouble?.failsAfterMs ?? usualMs) : usualMs);
    call.begunAtMs = clock();
    happenings.put(endsAtMs, { kind: 'worked', call, hasFailed });
    const deadlineAtMs = turn.atMs + DEADLINE_MS;
    if (endsAtMs > deadlineAtMs) happenings.put(deadlineAtMs, { kind: 'given_up', call });
  };

  return {
    find: (agentId: string) => queues.get(agentId)?.agent,

    /** Takes in a call; a dead agent does nothing with it. */
    send: (call: Call): void => {
      const isDead = conditions.of(call.agent, clock())?.isDead === true;
      if (!isDead && queues.get(call.agent.id)?.arrive(call)) begin(call);
      else happenings.put(clock() + DEADLINE_MS, { kind: 'given_up', call });
    },

    /** An agent is done with a call, and begins with the next one for which somebody still waits. */
    finish: ({ agent }: Call): void => {
      const next = queues.get(agent.id)?.finish(({ isOver }) => !isOver);
      if (next !== undefined) begin(next);
    },
  };
};
