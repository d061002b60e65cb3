import type * as z from 'zod';
import type { CallResult, ProbeResult } from '../../application/agent-ports.ts';
import { AgentAnswer, type AgentRequest, HealthReply } from '../../domain/contract/agent-protocol.ts';
import { MAX_CONTEXT_BYTES } from '../../domain/contract/message.ts';
import { MAX_NESTING, nestsTooDeep } from '../../domain/contract/nesting.ts';

/** Most bytes of an agent's reply to a turn. */
export const MAX_REPLY_BYTES = 2 * 1024 * 1024;
/** Most bytes of a health reply. */
export const MAX_HEALTH_BYTES = 64 * 1024;

/** What is wrong with a text, without quoting it: logs must not hold what agents say. */
const outline = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, code }) => `${path.join('.') || 'the whole'}: ${code}`)
    .join('; ');

/** JSON, or what is wrong with it. */
const parseJson = (text: string): { readonly value?: unknown; readonly problem?: string } => {
  if (nestsTooDeep(text)) return { problem: `nested more than ${MAX_NESTING} levels deep` };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: `not JSON, ${text.length} characters` };
  }
};

const decode = <T extends z.ZodType>(schema: T, { value, problem }: ReturnType<typeof parseJson>) => {
  if (problem !== undefined) return { problem };
  const parsed = schema.safeDecode(value as never);
  return parsed.success ? { value: parsed.data } : { problem: outline(parsed.error) };
};

/** An answer's free JSON that is too large: found before its schema, which takes a second for 2 MiB of it. */
const hasLargeExtras = (answer: unknown): boolean => {
  if (typeof answer !== 'object' || answer === null) return false;
  const { metadata, context_data } = answer as Readonly<Record<string, unknown>>;
  return [metadata, context_data].some((free) => Buffer.byteLength(JSON.stringify(free ?? null)) > MAX_CONTEXT_BYTES);
};

const noAnswer = (reason: string, cause?: unknown): CallResult => ({ kind: 'failed', reason, cause });

/** An answer of too many bytes, which need not be read to their end. */
export const TOO_LARGE = noAnswer(`the answer is larger than ${MAX_REPLY_BYTES} bytes`);

/** What a supervisor said, who chooses and has nothing else to say. */
const withContent = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? { content: '', ...answer } : answer;

/** Reads what an agent said to a request: an answer, or something that is none. */
export const readAnswer = (text: string, { agentMetadata }: Pick<AgentRequest, 'agentMetadata'>): CallResult => {
  if (Buffer.byteLength(text) > MAX_REPLY_BYTES) return TOO_LARGE;
  const json = parseJson(text);
  if (hasLargeExtras(json.value)) return noAnswer('metadata or context_data are larger than 64 KiB');
  const isRoute = agentMetadata.messageType === 'route_request' && 'value' in json;
  const { value: answer, problem } = decode(AgentAnswer, isRoute ? { value: withContent(json.value) } : json);
  return answer === undefined
    ? noAnswer('the agent sent something that is not an answer', problem)
    : { kind: 'answered', answer };
};

/** A health check that found no reply. @param cause for the log only */
export const unwell = (reason: string, cause?: unknown): ProbeResult => ({ kind: 'failed', reason, cause });

/** Reads a health reply, or something that is none. */
export const readHealth = (text: string): ProbeResult => {
  if (Buffer.byteLength(text) > MAX_HEALTH_BYTES) return unwell(`the reply is larger than ${MAX_HEALTH_BYTES} bytes`);
  const { value: reply, problem } = decode(HealthReply, parseJson(text));
  return reply === undefined
    ? unwell('the reply is not a health reply: {"status": "healthy" | "degraded" | "unhealthy"}', problem)
    : { kind: 'replied', reply };
};

/** A health check that its signal ended. @param startedMs as `performance.now()` has it */
export const noReplySince = (startedMs: number): ProbeResult =>
  unwell(`no reply within ${Number(((performance.now() - startedMs) / 1000).toFixed(1))} s`);

/** What a health check sends. */
export const HEALTH_CHECK = JSON.stringify({ message_type: 'health_check' });
