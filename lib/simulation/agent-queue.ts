import type { SimulatedAgent } from './fleet.ts';

/** Turns that an agent works at, and those that wait for it. */
export interface AgentQueue<T> {
  readonly agent: SimulatedAgent;
  /** Takes in a turn. @returns whether it is begun at once */
  arrive(turn: T): boolean;
  /** One of the turns is done. @returns the next one, that is begun now */
  finish(isWanted: (turn: T) => boolean): T | undefined;
}

/** First come, first served, `capacity` at the same time. */
export const makeAgentQueue = <T>(agent: SimulatedAgent): AgentQueue<T> => {
  let atWork = 0;
  let waiting: T[] = [];
  let head = 0;
  const next = (): T | undefined => {
    const turn = waiting[head];
    if (turn === undefined) return undefined;
    head += 1;
    if (head > 64 && head * 2 > waiting.length) {
      waiting = waiting.slice(head);
      head = 0;
    }
    return turn;
  };
  return {
    agent,
    arrive: (turn) => {
      if (atWork >= agent.capacity) {
        waiting.push(turn);
        return false;
      }
      atWork += 1;
      return true;
    },
    finish: (isWanted) => {
      for (let turn = next(); turn !== undefined; turn = next()) if (isWanted(turn)) return turn;
      atWork -= 1;
      return undefined;
    },
  };
};
