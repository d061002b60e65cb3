import { aligned, type Section, WORD_BYTES } from '../../functions/domain/routing/intent/weights-file.ts';

/** Puts a weights file together: a header in JSON that says where each array lies, then the arrays. */
export const writeWeightsFile = (header: object, arrays: Readonly<Record<string, Uint8Array>>): Uint8Array => {
  let end = 0;
  const sections: Record<string, Section> = {};
  for (const [name, { byteLength }] of Object.entries(arrays)) {
    sections[name] = { offset: end, length: byteLength };
    end += aligned(byteLength);
  }
  const json = Buffer.from(JSON.stringify({ ...header, sections }), 'ascii');
  const start = WORD_BYTES + aligned(json.length);
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setUint32(0, json.length, true);
  file.set(json, WORD_BYTES);
  for (const [name, bytes] of Object.entries(arrays)) file.set(bytes, start + (sections[name]?.offset ?? 0));
  return file;
};
