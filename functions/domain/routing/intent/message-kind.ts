import type { MessageView } from './message-view.ts';

/** What a message is like, whatever it asks for. How far each model can be trusted depends on it. */
export const KINDS = ['any', 'not English', 'follow-up', 'length', 'files', 'question'] as const;

/** A number for each of KINDS: 1 where it is so, else 0; of the length, doublings from 256 characters, in eights. */
export const kindOf = ({ text, concepts, previousRole, extensions }: MessageView): readonly number[] => [
  1,
  Number(concepts !== undefined && concepts.length > 0),
  Number(previousRole !== undefined),
  Math.log2(text.length + 1) / 8 - 1,
  Number(extensions.length > 0),
  Number(text.includes('?')),
];
