import {
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  LambdaServiceException,
  ResourceNotFoundException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { AgentCaller, CallResult, ProbeResult } from '../../application/agent-ports.ts';
import { AgentRequest } from '../../domain/contract/agent-protocol.ts';
import { HEALTH_CHECK, noReplySince, readAnswer, readHealth, unwell } from './answer.ts';

/**
 * The SDK's own 50 are too few: its limit for connecting runs while a request waits for one of them, and well agents
 * that are slow to reply would count as unreachable. Whoever calls limits how many calls there are at once.
 */
const SOCKETS = { maxSockets: Number.POSITIVE_INFINITY };

/**
 * Less than a health check may take. 120 handshakes at once take 0.7 s of a processor (measured), and a function of
 * 512 MB has less than a third of one.
 */
const CONNECT_MS = 4_000;

/**
 * A client for agents: no retries of its own, since an agent that was called may be at work.
 *
 * @param at where it calls and as whom; what it lacks is as the environment says
 */
export const makeAgentLambdaClient = (
  at: Pick<LambdaClientConfig, 'endpoint' | 'region' | 'credentials'> = {},
): LambdaClient =>
  new LambdaClient({
    ...at,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_MS, httpAgent: SOCKETS, httpsAgent: SOCKETS },
  });

const ErrorPayload = z.object({ errorType: z.string().regex(/^[A-Za-z0-9_.]{1,64}$/) });

/** Name of the error that a function failed with. Its message may quote what it was sent, so it goes nowhere. */
const errorTypeOf = (payload: string): string => {
  try {
    return ErrorPayload.parse(JSON.parse(payload)).errorType;
  } catch {
    return 'unknown';
  }
};

const TIMED_OUT = 'Sandbox.Timedout';

/** Why a function did not run, for whoever registers it. */
const refusal = (error: unknown): string => {
  const name = error instanceof LambdaServiceException ? error.name : '';
  if (error instanceof ResourceNotFoundException) return 'there is no such function';
  if (error instanceof TooManyRequestsException) return 'the function is busy: it is throttled';
  if (name.startsWith('AccessDenied'))
    return "the function may not be invoked: has it the tag switchboard:agent with the stage's name, in Switchboard's account and region?";
  return `the function could not be invoked${name === '' ? '' : ` (${name})`}`;
};

/** Agents that are Lambda functions. */
export const makeLambdaAgents = (client: Pick<LambdaClient, 'send'>): AgentCaller => {
  const invoke = async (functionArn: string, payload: string, abortSignal: AbortSignal) => {
    const command = new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(payload) });
    const { FunctionError, Payload } = await client.send(command, { abortSignal });
    return { failed: FunctionError !== undefined, payload: Buffer.from(Payload ?? []).toString('utf8') };
  };

  return {
    call: async ({ definition }, request, signal): Promise<CallResult> => {
      try {
        const body = JSON.stringify(z.encode(AgentRequest, request));
        const { failed, payload } = await invoke(definition.endpointUrl, body, signal);
        if (!failed) return readAnswer(payload, request);
        const errorType = errorTypeOf(payload);
        if (errorType === TIMED_OUT) return { kind: 'timed_out' };
        return { kind: 'failed', reason: 'the agent failed', cause: errorType };
      } catch (cause) {
        if (signal.aborted) return { kind: 'timed_out' };
        if (cause instanceof TooManyRequestsException) return { kind: 'busy', reason: 'the agent is busy', cause };
        return { kind: 'rejected', reason: 'the agent could not be called', cause };
      }
    },

    probe: async ({ definition }, signal): Promise<ProbeResult> => {
      const startedMs = performance.now();
      try {
        const functionArn = definition.healthCheckUrl ?? definition.endpointUrl;
        const { failed, payload } = await invoke(functionArn, HEALTH_CHECK, signal);
        if (!failed) return readHealth(payload);
        const errorType = errorTypeOf(payload);
        return unwell(
          errorType === TIMED_OUT ? 'the function ran into its own timeout' : `the function failed (${errorType})`,
        );
      } catch (cause) {
        return signal.aborted ? noReplySince(startedMs) : unwell(refusal(cause), cause);
      }
    },
  };
};
