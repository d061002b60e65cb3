import type * as z from 'zod';
import { AgentAnswer } from '../../functions/domain/contract/agent-protocol.ts';
import { MAX_CONTEXT_BYTES, MAX_MESSAGE_BYTES } from '../../functions/domain/contract/message.ts';
import { MAX_NESTING, nestsTooDeep } from '../../functions/domain/contract/nesting.ts';
import { fail, type Verdict } from './check.ts';
import type { Reply } from './target.ts';

type Failed = Extract<Verdict, { result: 'fail' }>;

const failed = (reason: string, advice: string) => fail(reason, advice) as Failed;

/** What is wrong with a value, field by field; undefined if nothing is. */
export const shapeProblem = (schema: z.ZodType, value: unknown): string | undefined =>
  schema
    .safeDecode(value as never)
    .error?.issues.slice(0, 3)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
    .join('; ');

/** JSON, or nothing. */
export const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** A short quote of a reply for its author, on one line. */
export const quote = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? 'nothing' : `“${line.slice(0, 80)}${line.length > 80 ? '…' : ''}”`;
};

/** Why a reply is no 2xx; undefined if it is one. */
export const replyProblem = (reply: Reply): Failed | undefined => {
  if (reply.kind === 'answered') return undefined;
  if (reply.kind === 'none') {
    const advice = {
      timed_out: 'Answer sooner, or register the agent with a larger timeout_seconds and check with --timeout.',
      unreachable: 'Start the agent and check its address and certificate.',
      not_invoked:
        'Check the ARN and --endpoint-url, and that your AWS credentials are valid and may call lambda:InvokeFunction on it.',
      broke_off: "Send the whole reply before the connection is closed; look into the agent's log.",
      too_large: 'Keep answers below 2 MiB; more is not read.',
    }[reply.why];
    return failed(`it ${reply.reason}`, advice);
  }
  if (reply.status !== null && reply.status < 200)
    return failed(`it does not reply, but switches protocols (${reply.name})`, 'Reply over HTTP/1.1, as it is asked.');
  if (reply.status !== null && reply.status >= 300 && reply.status < 400)
    return failed(
      `it redirects (HTTP ${reply.status} to ${reply.location ?? 'nowhere'}), and redirects are not followed`,
      'Register the address that answers itself.',
    );
  if (reply.status === 401 || reply.status === 403)
    return failed(
      `it refuses the caller (HTTP ${reply.status})`,
      'Give the credentials that it wants: --bearer, --header or --signing-key.',
    );
  return failed(`it failed (${reply.name}): ${quote(reply.body)}`, "Answer this request; look into the agent's log.");
};

/** What of an answer is too large. Before its shape is looked at, as by Switchboard: that takes long where it has no end. */
const sizeProblem = (answer: unknown): string | undefined => {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { content, ...rest } = answer as Readonly<Record<string, unknown>>;
  if (typeof content === 'string' && Buffer.byteLength(content) > MAX_MESSAGE_BYTES)
    return 'content is larger than 1 MiB';
  const large = ['metadata', 'context_data'].find(
    (field) => Buffer.byteLength(JSON.stringify(rest[field] ?? null)) > MAX_CONTEXT_BYTES,
  );
  return large === undefined ? undefined : `${large} is larger than 64 KiB`;
};

/** An answer, or what is wrong with a text as one. */
export const parseAnswer = (
  text: string,
): { readonly answer: z.input<typeof AgentAnswer> } | { readonly wrong: string } => {
  if (nestsTooDeep(text)) return { wrong: `it nests more than ${MAX_NESTING} levels deep` };
  const parsed = parseJson(text);
  if (parsed === undefined) return { wrong: 'it is not JSON' };
  const { value } = parsed;
  // A supervisor chooses, and may have nothing to say.
  const isRoute = typeof value === 'object' && value !== null && 'route' in value;
  const whole = isRoute ? { content: '', ...value } : value;
  const wrong = sizeProblem(whole) ?? shapeProblem(AgentAnswer, whole);
  return wrong === undefined ? { answer: whole as z.input<typeof AgentAnswer> } : { wrong };
};

/** Reads an answer that is sent whole: the answer, or what is wrong with the reply. */
export const readAnswer = (
  reply: Reply,
): { readonly answer: z.input<typeof AgentAnswer> } | { readonly problem: Failed } => {
  if (reply.kind !== 'answered') return { problem: replyProblem(reply) as Failed };
  const isJson = /^application\/([\w.-]+\+)?json\b/i.test(reply.contentType);
  if (!isJson)
    return {
      problem: failed(
        `it answered with the media type ${quote(reply.contentType)}, though asked for application/json`,
        'Send Content-Type: application/json; stream only to a request that accepts text/event-stream.',
      ),
    };
  const parsed = parseAnswer(reply.body);
  if ('answer' in parsed) return parsed;
  return {
    problem: failed(
      `what it answered is not an answer (${parsed.wrong}): ${quote(reply.body)}`,
      'Answer {"content": "…"} and, if you like, status, metadata, context_data and handoff.',
    ),
  };
};
