import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { AgentCaller, CallResult } from '../../application/ports.ts';
import { AgentRequest } from '../../domain/contract/agent-protocol.ts';
import { HEALTH_CHECK, readAnswer, readHealth } from './answer.ts';

/** A client for agents: no retries of its own, since an agent that was called may be at work. */
export const makeAgentLambdaClient = (): LambdaClient =>
  new LambdaClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 1_000 } });

const ErrorPayload = z.object({ errorType: z.string().max(128) });

/** Name of the error that a function failed with. Its message may quote what it was sent, so it goes nowhere. */
const errorTypeOf = (payload: string): string => {
  try {
    return ErrorPayload.parse(JSON.parse(payload)).errorType;
  } catch {
    return 'unknown';
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
        const errorType = errorTypeOf(payload);
        if (errorType === 'Sandbox.Timedout') return { kind: 'timed_out' };
        return { kind: 'failed', reason: 'the agent failed', cause: errorType };
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
