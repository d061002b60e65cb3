import type { TurnRequest } from '../turn/turn.ts';

/** The user's words with the attachments behind them as fenced blocks: how an earlier message reads in a history. */
export const messageText = ({ message, attachments }: Pick<TurnRequest, 'message' | 'attachments'>): string =>
  [
    message,
    ...attachments.map(({ name, content }) => {
      let longest = 2;
      for (const [run] of content.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
      const fence = '`'.repeat(longest + 1);
      return `${name}:\n${fence}\n${content}\n${fence}`;
    }),
  ].join('\n\n');
