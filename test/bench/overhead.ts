import type { TestAgent } from '../e2e/test-agent.ts';
import { quantile } from './quantile.ts';

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Sends one message to the pinned agent. */
export type Send = () => Promise<{ readonly turn_id: string }>;

export interface Overhead {
  readonly turns: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly turns_per_second: number;
}

/**
 * Runs turns, `concurrent` at a time, each worker sending its next when the last was answered.
 *
 * A turn's overhead is the time from its request to the agent's being called plus that from the agent's answer to the
 * reply. There must be as many warm instances as turns at a time, so that none waits for one.
 */
export const measureOverhead = async (
  send: Send,
  agent: TestAgent,
  concurrent: number,
  turns: number,
): Promise<Overhead> => {
  const overheads: number[] = [];
  let left = turns;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const sentMs = nowMs();
      const { turn_id } = await send();
      const repliedMs = nowMs();
      const [call] = agent.callsOf(turn_id);
      if (call?.answeredMs === undefined) throw new Error(`${turn_id} was not answered by the agent`);
      overheads.push(call.receivedMs - sentMs + (repliedMs - call.answeredMs));
    }
  };
  const startedMs = nowMs();
  await Promise.all(Array.from({ length: concurrent }, work));
  const seconds = (nowMs() - startedMs) / 1000;
  return {
    turns,
    p50_ms: quantile(overheads, 0.5),
    p99_ms: quantile(overheads, 0.99),
    turns_per_second: Math.round(turns / seconds),
  };
};
