import * as z from 'zod';
import type { AgentCaller, CallResult } from '../../application/ports.ts';
import { AgentRequest } from '../../domain/contract/agent-protocol.ts';
import { readAnswer, readHealth } from './answer.ts';

/** Bytes that an agent's reply may have. */
const MAX_REPLY_BYTES = 2 * 1024 * 1024;

const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_REPLY_BYTES) throw new RangeError(`the reply has more than ${MAX_REPLY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** Agents that are HTTP servers: `POST` of a request to the endpoint, `GET` for a health check. */
export const makeHttpAgents = (): AgentCaller => ({
  call: async (agent, request, signal): Promise<CallResult> => {
    let response: Response | undefined;
    try {
      response = await fetch(agent.endpointUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(z.encode(AgentRequest, request)),
        redirect: 'error',
        signal,
      });
      if (response.status === 429 || response.status === 503)
        return { kind: 'rejected', reason: 'the agent is busy', cause: response.status };
      if (response.ok) return readAnswer(await readText(response));
      await response.body?.cancel();
      return { kind: 'failed', reason: `the agent answered ${response.status}`, cause: undefined };
    } catch (cause) {
      if (signal.aborted) return { kind: 'timed_out' };
      if (cause instanceof RangeError) return { kind: 'failed', reason: 'the answer is too large', cause };
      return response === undefined
        ? { kind: 'rejected', reason: 'the agent could not be reached', cause }
        : { kind: 'failed', reason: 'the answer broke off', cause };
    }
  },

  probe: async (agent, signal) => {
    const response = await fetch(agent.healthCheckUrl ?? agent.endpointUrl, { redirect: 'error', signal });
    const text = await readText(response);
    return response.ok ? readHealth(text) : undefined;
  },
});
