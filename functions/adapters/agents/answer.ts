import type * as z from 'zod';
import type { CallResult, ProbeResult } from '../../application/agent-ports.ts';
import { AgentAnswer, HealthReply } from '../../domain/contract/agent-protocol.ts';

/** Most bytes of a health reply. */
export const MAX_HEALTH_BYTES = 64 * 1024;

/** What is wrong with a text, without quoting it: logs must not hold what agents say. */
const outline = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, code }) => `${path.join('.') || 'the whole'}: ${code}`)
    .join('; ');

const parse = <T extends z.ZodType>(schema: T, text: string) => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `not JSON, ${text.length} characters` };
  }
  const parsed = schema.safeDecode(value as never);
  return parsed.success ? { value: parsed.data } : { problem: outline(parsed.error) };
};

/** Reads what an agent said: an answer, or something that is none. */
export const readAnswer = (text: string): CallResult => {
  const { value: answer, problem } = parse(AgentAnswer, text);
  return answer === undefined
    ? { kind: 'failed', reason: 'the agent sent something that is not an answer', cause: problem }
    : { kind: 'answered', answer };
};

/** A health check that found no reply. @param cause for the log only */
export const unwell = (reason: string, cause?: unknown): ProbeResult => ({ kind: 'failed', reason, cause });

/** Reads a health reply, or something that is none. */
export const readHealth = (text: string): ProbeResult => {
  if (Buffer.byteLength(text) > MAX_HEALTH_BYTES) return unwell(`the reply is larger than ${MAX_HEALTH_BYTES} bytes`);
  const { value: reply, problem } = parse(HealthReply, text);
  return reply === undefined
    ? unwell('the reply is not a health reply: {"status": "healthy" | "degraded" | "unhealthy"}', problem)
    : { kind: 'replied', reply };
};

/** A health check that its signal ended. @param startedMs as `performance.now()` has it */
export const noReplySince = (startedMs: number): ProbeResult =>
  unwell(`no reply within ${Number(((performance.now() - startedMs) / 1000).toFixed(1))} s`);

/** What a health check sends. */
export const HEALTH_CHECK = JSON.stringify({ message_type: 'health_check' });
