import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Control, controlOf } from '../e2e/control.ts';
import { startTestAgent, type TestAgent } from '../e2e/test-agent.ts';
import type { CloudNews, CloudOrder } from './cloud-child.ts';

/** One turn as its caller saw it; times in milliseconds since the epoch, with fractions. */
export interface SentTurn {
  /** Undefined if it was not answered with 200. */
  readonly turnId: string | undefined;
  readonly sentMs: number;
  readonly repliedMs: number;
}

export interface BenchCloud {
  readonly control: Control;
  /** Registered, and instant unless told otherwise. */
  readonly agent: TestAgent;
  /** From the start of its process to its readiness. */
  readonly readyMs: number;
  /** Sends a message for the agent. */
  send(conversationId: string): Promise<SentTurn>;
  order(order: CloudOrder): Promise<void>;
  close(): Promise<void>;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

const sender = (url: string, token: string, agentId: string): BenchCloud['send'] => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (conversationId) => {
    const body = JSON.stringify({ message: 'Write it', agent_id: agentId, conversation_id: conversationId });
    const sentMs = nowMs();
    const response = await fetch(`${url}/v1/agents/message`, { method: 'POST', headers, body });
    const text = await response.text();
    const repliedMs = nowMs();
    return { turnId: response.status === 200 ? JSON.parse(text).turn_id : undefined, sentMs, repliedMs };
  };
};

/** Starts a local cloud in a process of its own and an agent in this one. */
export const openBenchCloud = async (): Promise<BenchCloud> => {
  const agent = await startTestAgent('instant');
  const startedMs = performance.now();
  const child = fork(join(import.meta.dirname, 'cloud-child.ts'), [
    JSON.stringify({ agentId: agent.agentId, url: agent.url }),
  ]);
  const exited = once(child, 'exit');
  const news = async (): Promise<CloudNews> => {
    const [said] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]) => Promise.reject(new Error(`the cloud ended with code ${code}`))),
    ]);
    return said;
  };
  const ready = await news();
  if (ready.kind !== 'ready') throw new Error('the cloud said something else first');
  return {
    control: controlOf(ready.url),
    agent,
    readyMs: Math.round(performance.now() - startedMs),
    send: sender(ready.url, ready.token, agent.agentId),
    order: async (order) => {
      const done = news();
      child.send(order);
      await done;
    },
    close: async () => {
      child.disconnect();
      await exited;
      await agent.close();
    },
  };
};
