import type { WindowReceipt } from '../contract/message.ts';

/** The most that one agent request carries of a conversation. */
export interface WindowPolicy {
  /** A turn is two messages: the user's and the answer. */
  readonly maxMessages: number;
  /** Bytes (UTF-8) of message texts. With the turn's own message, it must stay well under Lambda's 6 MB. */
  readonly maxBytes: number;
}

export const WINDOW_POLICY: WindowPolicy = { maxMessages: 10, maxBytes: 2 * 1024 * 1024 };

/** What the choice needs to know of a turn. */
interface Sized {
  /** Bytes (UTF-8) of the user's message and the answer together. */
  readonly bytes: number;
}

/**
 * Chooses whole turns, newest first, until the next one would exceed the policy.
 *
 * @param turns answered turns before the current one, newest first
 * @param complete whether `turns` reaches back to the conversation's first turn
 * @returns the chosen turns, oldest first, and the receipt
 */
export const selectWindow = <T extends Sized>(
  turns: readonly T[],
  complete: boolean,
  policy: WindowPolicy,
): { readonly window: readonly T[]; readonly receipt: WindowReceipt } => {
  const window: T[] = [];
  let keptBytes = 0;
  for (const turn of turns) {
    if ((window.length + 1) * 2 > policy.maxMessages || keptBytes + turn.bytes > policy.maxBytes) break;
    window.unshift(turn);
    keptBytes += turn.bytes;
  }
  const droppedMessages = (turns.length - window.length) * 2;
  return { window, receipt: { keptMessages: window.length * 2, droppedMessages, keptBytes, complete } };
};
