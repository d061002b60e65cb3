import type { Encoder } from './encoder.ts';
import type { MessageInput } from './router-input.ts';

/** An encoder that does not read a text again for its likeness if it was the last that was read, without any context. */
export interface RememberingEncoder extends Encoder {
  /** The vector of a text that says how close it is to others, of length 1. */
  readonly likenessOf: (text: string) => Float32Array;
}

const hasContext = ({ files, previousRole }: MessageInput): boolean => files.length > 0 || previousRole !== undefined;

export const rememberLikeness = (encoder: Encoder): RememberingEncoder => {
  let last: { readonly text: string; readonly likeness: Float32Array } | undefined;
  const readMessage: Encoder['readMessage'] = (input) => {
    const reading = encoder.readMessage(input);
    if (!hasContext(input)) last = { text: input.text, likeness: reading.likeness };
    return reading;
  };
  return {
    readMessage,
    likenessOf: (text) => (last?.text === text ? last.likeness : readMessage({ text, files: [] }).likeness),
  };
};
