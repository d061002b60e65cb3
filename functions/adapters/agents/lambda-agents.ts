import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { AgentCaller, CallResult } from '../../application/ports.ts';
import { AgentRequest } from '../../domain/contract/agent-protocol.ts';
import { HEALTH_CHECK, readAnswer, readHealth } from './answer.ts';

/** A client for agents: no retries of its own, since an agent that was called may be at work. */
export const makeAgentLambdaClient = (): LambdaClient =>
  new LambdaClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 1_000 } });

const TimedOut = z.object({ errorType: z.literal('Sandbox.Timedout') });

const runtimeTimedOut = (payload: string): boolean => {
  try {
    return TimedOut.safeParse(JSON.parse(payload)).success;
  } catch {
    return false;
  }
};

/** Agents that are Lambda functions. */
export const makeLambdaAgents = (client: LambdaClient): AgentCaller => {
  const invoke = async (functionArn: string, payload: string, abortSignal: AbortSignal) => {
    const command = new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(payload) });
    const { FunctionError, Payload } = await client.send(command, { abortSignal });
    return { failed: FunctionError !== undefined, payload: Buffer.from(Payload ?? []).toString('utf8') };
  };

  return {
    call: async (agent, request, signal): Promise<CallResult> => {
      try {
        const body = JSON.stringify(z.encode(AgentRequest, request));
        const { failed, payload } = await invoke(agent.endpointUrl, body, signal);
        if (!failed) return readAnswer(payload);
        if (runtimeTimedOut(payload)) return { kind: 'timed_out' };
        return { kind: 'failed', reason: 'the agent failed', cause: payload.slice(0, 2_000) };
      } catch (cause) {
        if (signal.aborted) return { kind: 'timed_out' };
        return { kind: 'rejected', reason: 'the agent could not be called', cause };
      }
    },

    probe: async (agent, signal) => {
      const target = agent.healthCheckUrl ?? agent.endpointUrl;
      const { failed, payload } = await invoke(target, HEALTH_CHECK, signal);
      return failed ? undefined : readHealth(payload);
    },
  };
};
