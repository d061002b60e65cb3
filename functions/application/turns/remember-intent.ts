import type { IntentReading, ReadIntent, Subject } from '../../domain/routing/intent/intent-reading.ts';

const isSame = (left: Subject, right: Subject): boolean =>
  left.message === right.message &&
  left.previousRole === right.previousRole &&
  left.attachments.length === right.attachments.length &&
  left.attachments.every((attachment, index) => attachment === right.attachments[index]);

/** Reads the same message once: the check of its pin, its decision, and one without an agent whose circuit is open. */
export const rememberIntent = (readIntent: ReadIntent): ReadIntent => {
  let last: { readonly subject: Subject; readonly reading: IntentReading } | undefined;
  return (subject) => {
    if (last === undefined || !isSame(last.subject, subject)) last = { subject, reading: readIntent(subject) };
    return last.reading;
  };
};
