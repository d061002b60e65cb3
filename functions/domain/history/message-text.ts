import type { TurnRequest } from '../turn/turn.ts';

/** The user's words with the attachments behind them as fenced blocks: how an earlier message reads in a history. */
export const messageText = ({ message, attachments }: Pick<TurnRequest, 'message' | 'attachments'>): string =>
  [
    message,
    ...attachments.map(({ name, content }) => {
      let fence = '```';
      while (content.includes(fence)) fence += '`';
      return `${name}:\n${fence}\n${content}\n${fence}`;
    }),
  ].join('\n\n');
