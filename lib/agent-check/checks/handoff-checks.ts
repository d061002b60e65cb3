import type * as z from 'zod';
import type { Handoff } from '../../../functions/domain/contract/agent-protocol.ts';
import { type Check, fail, notApplicable, pass, type Verdict } from '../check.ts';
import { parseJson, readAnswer } from '../read-answer.ts';
import { foreignMessagesFor } from '../sample-requests.ts';
import type { Subject } from '../subject.ts';

const roleHandedTo = (body: string): unknown =>
  (parseJson(body)?.value as { handoff?: { agent_type?: unknown } } | null | undefined)?.handoff?.agent_type;

/** Sends what is meant for other roles until something is handed over; then looks at every answer so far. */
const handsOver = async (subject: Subject): Promise<Verdict> => {
  const { role } = subject.options;
  let handoff: z.input<typeof Handoff> | undefined;
  for (const message of foreignMessagesFor(role)) {
    const read = readAnswer(await subject.ask({ message }));
    if ('problem' in read) return read.problem;
    handoff = read.answer.handoff;
    if (handoff !== undefined) break;
  }
  const isToItself = subject.replies.some((reply) => reply.kind === 'answered' && roleHandedTo(reply.body) === role);
  if (isToItself)
    return fail(
      `as a ${role}, it hands over to ${role}: its own role`,
      'Name another role, or answer; check with --role if it has another one.',
    );
  if (handoff === undefined) return notApplicable('it handed nothing over');
  return pass(`to ${handoff.agent_type ?? handoff.agent_id}`);
};

export const HANDOFF_CHECKS: readonly Check[] = [
  {
    id: 'handoff',
    title: 'a task for another role is answered, or handed over to another role',
    clause: 'Handoff',
    after: ['answer'],
    run: handsOver,
  },
];
