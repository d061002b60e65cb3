import { aligned, type Header, WORD_BYTES } from '../../functions/domain/routing/intent/intent-weights.ts';

/** Puts a weights file together. */
export const writeIntentWeights = (
  header: Omit<Header, 'sections'>,
  arrays: Readonly<Record<keyof Header['sections'], Uint8Array>>,
): Uint8Array => {
  let offset = 0;
  const place = ({ byteLength }: Uint8Array) => {
    const section = { offset, length: byteLength };
    offset += aligned(byteLength);
    return section;
  };
  const { members, rarities, weights } = arrays;
  const sections = { members: place(members), rarities: place(rarities), weights: place(weights) };
  const json = Buffer.from(JSON.stringify({ ...header, sections }), 'ascii');
  const start = WORD_BYTES + aligned(json.length);
  const file = new Uint8Array(start + offset);
  new DataView(file.buffer).setUint32(0, json.length, true);
  file.set(json, WORD_BYTES);
  file.set(members, start + sections.members.offset);
  file.set(rarities, start + sections.rarities.offset);
  file.set(weights, start + sections.weights.offset);
  return file;
};
