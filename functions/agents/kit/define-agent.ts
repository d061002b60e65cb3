import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import {
  AgentAnswer,
  AgentRequest,
  HealthReply,
  HealthRequest,
  type RouteCandidate,
} from '../../domain/contract/agent-protocol.ts';
import { MAX_MESSAGE_BYTES } from '../../domain/contract/message.ts';
import { role as roleNamed } from '../../domain/contract/roles.ts';
import { AgentFault } from './agent-fault.ts';
import { withDeadline } from './with-deadline.ts';

/** One attempt of one turn, as an agent's function gets it. */
export interface Task {
  readonly message: string;
  /** Oldest first. */
  readonly history: AgentRequest['conversationHistory'];
  readonly attachments: NonNullable<AgentRequest['attachments']>;
  readonly contextData: AgentRequest['contextData'];
  readonly preferences: AgentRequest['userPreferences'];
  readonly metadata: AgentRequest['agentMetadata'];
  /** Among whom a supervisor chooses; empty for other agents. */
  readonly candidates: readonly RouteCandidate[];
  /** What the built-in routing takes the message for; for supervisors alone. */
  readonly intent: AgentRequest['intent'];
  /** Aborts when the answer would come too late: pass it to every await. */
  readonly signal: AbortSignal;
}

export interface Agent {
  /** A role of the role table. */
  readonly role: string;
  /** What makes the answers, such as `offline` or a model's id: becomes `metadata.engine`. */
  readonly engine: string;
  readonly answer: (task: Task) => AgentAnswer | Promise<AgentAnswer>;
  /**
   * Must not call a model. Throwing or taking longer than 5 s means unhealthy.
   * @default - healthy
   */
  readonly health?: (signal: AbortSignal) => HealthReply | Promise<HealthReply>;
}

type AgentLog = Pick<Logger, 'info' | 'error'>;
type Invocation = Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>;
/** Answers with the wire form of `AgentAnswer` or `HealthReply`. @throws AgentFault */
export type AgentHandler = (event: unknown, context: Invocation) => Promise<Record<string, unknown>>;

/** Time kept back for sending the answer before Lambda's own timeout strikes. */
const RETURN_MARGIN_MS = 200;
const HEALTH_BUDGET_MS = 5_000;

const lambdaBudgetMs = (context: Invocation): number => context.getRemainingTimeInMillis() - RETURN_MARGIN_MS;

/** Paths and codes only: zod's messages can quote the input. */
const outline = (error: z.core.$ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.code}`)
    .join('; ');

const parseRequest = (event: unknown): AgentRequest => {
  const parsed = z.safeDecode(AgentRequest, event as z.input<typeof AgentRequest>);
  if (parsed.success) return parsed.data;
  throw new AgentFault('INVALID_REQUEST', `not a request of the agent contract: ${outline(parsed.error)}`);
};

const isHealthCheck = (event: unknown): boolean => z.safeDecode(HealthRequest, event as never).success;

const checkHealth = async (agent: Agent, budgetMs: number): Promise<z.input<typeof HealthReply>> => {
  if (agent.health === undefined) return { status: 'healthy' };
  try {
    return z.encode(HealthReply, await withDeadline(agent.health, budgetMs));
  } catch {
    return { status: 'unhealthy', detail: 'the health check failed' };
  }
};

const toWire = (answer: AgentAnswer, engine: string, tookMs: number): z.input<typeof AgentAnswer> => {
  const sent = z.safeEncode(AgentAnswer, answer);
  if (!sent.success) throw new AgentFault('INVALID_ANSWER', `not an answer: ${outline(sent.error)}`);
  const content = sent.data.content.toWellFormed();
  if (Buffer.byteLength(content) > MAX_MESSAGE_BYTES)
    throw new AgentFault('INVALID_ANSWER', `the content is larger than ${MAX_MESSAGE_BYTES} bytes`);
  return { ...sent.data, content, metadata: { ...sent.data.metadata, engine, took_ms: tookMs } };
};

const answerTask = async (agent: Agent, request: AgentRequest, context: Invocation) => {
  const startedMs = performance.now();
  const budgetMs = Math.min(request.agentMetadata.deadlineMs, lambdaBudgetMs(context));
  const answer = await withDeadline(
    (signal) =>
      agent.answer({
        message: request.message,
        history: request.conversationHistory,
        attachments: request.attachments ?? [],
        contextData: request.contextData,
        preferences: request.userPreferences,
        metadata: request.agentMetadata,
        candidates: request.candidates ?? [],
        intent: request.intent,
        signal,
      }),
    budgetMs,
  );
  return toWire(answer, agent.engine, Math.round(performance.now() - startedMs));
};

/** What of an error may be logged: its message can hold the user's text, its frames cannot. */
const framesOf = (error: unknown) =>
  error instanceof Error ? { error: error.name, frames: error.stack?.match(/^ {4}at .+$/gm) ?? [] } : {};

/**
 * Makes the Lambda handler of an agent: answers health checks without calling the agent, checks requests and answers
 * against the contract, gives the agent its deadline and turns every fault into an error whose name is a code
 * (`INVALID_REQUEST`, `INVALID_ANSWER`, `DEADLINE_EXCEEDED`, `AGENT_FAILED`) with nothing internal in it.
 * Logs ids, times and outcomes, never content.
 *
 * @throws ZodError at definition if the role table has no such role
 */
export const defineAgent = (agent: Agent, log: AgentLog = new Logger()): AgentHandler => {
  const ofRole = roleNamed(agent.role);
  const handle = async (event: unknown, context: Invocation): Promise<Record<string, unknown>> => {
    if (isHealthCheck(event)) return checkHealth(agent, Math.min(HEALTH_BUDGET_MS, lambdaBudgetMs(context)));
    let about: Record<string, unknown> = { request_id: context.awsRequestId, role: ofRole, engine: agent.engine };
    try {
      const request = parseRequest(event);
      const { turnId, attempt } = request.agentMetadata;
      about = { ...about, conversation_id: request.conversationId, turn_id: turnId, attempt };
      const answer = await answerTask(agent, request, context);
      log.info('answered', { ...about, status: answer.status, took_ms: answer.metadata?.took_ms });
      return answer;
    } catch (error) {
      const fault = error instanceof AgentFault ? error : new AgentFault('AGENT_FAILED', 'the agent failed');
      log.error('failed', { ...about, code: fault.code, detail: fault.message, ...framesOf(error) });
      throw fault;
    }
  };
  // The kit's own deadline ends a call before Lambda's timeout, so middy's early timeout is off.
  const handler = middy<unknown, Record<string, unknown>>({ timeoutEarlyInMillis: 0 }).handler(handle);
  return async (event, context) => handler(event, context as Context) as Promise<Record<string, unknown>>;
};
