import { HealthReply } from '../../../functions/domain/contract/agent-protocol.ts';
import { type Check, fail, notApplicable, pass, type Verdict } from '../check.ts';
import { parseJson, quote, replyProblem, shapeProblem } from '../read-answer.ts';
import type { Reply } from '../target.ts';

const CLAUSE = 'Health checks';
const MAX_HEALTH_BYTES = 64 * 1024;

const judge = (reply: Reply): Verdict => {
  if (reply.kind === 'none' && reply.why === 'timed_out')
    return fail(
      'its health check hangs: no whole reply within 5 s',
      'Reply at once, without a model call; check what else you need in the background.',
    );
  if (reply.kind !== 'answered') return replyProblem(reply) ?? pass();
  const parsed = parseJson(reply.body);
  const wrong = parsed === undefined ? 'it is not JSON' : shapeProblem(HealthReply, parsed.value);
  if (parsed === undefined || wrong !== undefined)
    return fail(
      `what it replied is not a health reply (${wrong}): ${quote(reply.body)}`,
      'Reply {"status": "healthy" | "degraded" | "unhealthy", "detail"?: "…"}.',
    );
  if (Buffer.byteLength(reply.body) > MAX_HEALTH_BYTES)
    return fail('its health reply is larger than 64 KiB', 'Reply status and detail only.');
  const { status, detail } = parsed.value as { status: string; detail?: string };
  if (status === 'unhealthy')
    return fail(
      `it says that it is unhealthy: ${detail ?? 'without a detail'}`,
      'An unhealthy agent is not accepted and gets no turns: see what it lacks.',
    );
  return pass(`${status}, ${Math.round(reply.tookMs)} ms`);
};

export const HEALTH_CHECKS: readonly Check[] = [
  {
    id: 'health',
    title: 'a bare health check is answered within 5 s',
    clause: CLAUSE,
    run: async (subject) => judge(await subject.checkHealth()),
  },
  {
    id: 'health-other-versions',
    title: 'fields that it does not know in a health check are ignored',
    clause: CLAUSE,
    after: ['health'],
    run: async (subject) => {
      if (subject.health !== subject.endpoint && subject.health.kind === 'http')
        return notApplicable('its health check is a GET, which carries nothing');
      return judge(await subject.checkHealth({ check_by_a_newer_version: { reason: 'none' } }));
    },
  },
];
