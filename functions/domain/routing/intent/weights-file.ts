import * as z from 'zod';

/** Where the bytes of an array lie in a weights file, counted from the end of its header. */
export const Section = z.object({ offset: z.int().min(0), length: z.int().min(0) });
export type Section = z.output<typeof Section>;

/** Bytes of the number at the start that says how long the header is; sections begin at multiples of it. */
export const WORD_BYTES = 4;

/** Sections begin where a 32-bit number may. */
export const aligned = (bytes: number): number => Math.ceil(bytes / WORD_BYTES) * WORD_BYTES;

export interface WeightsFile<H> {
  readonly header: H;
  /** Views of the file: a copy of its 3 MB would take a tenth of the whole load. @throws RangeError if it is cut off */
  readonly unsigned: (section: Section) => Uint8Array;
  readonly signed: (section: Section) => Int8Array;
}

/** Reads a header in JSON and gives access to the arrays after it. @throws if the header is not one */
export const readWeightsFile = <H>(file: Uint8Array, Header: z.ZodType<H>): WeightsFile<H> => {
  const jsonBytes = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  // The header is ASCII.
  const codes = file.subarray(WORD_BYTES, WORD_BYTES + jsonBytes);
  const header = Header.parse(JSON.parse(Array.from(codes, (code) => String.fromCharCode(code)).join('')));
  const start = WORD_BYTES + aligned(jsonBytes);
  const unsigned = ({ offset, length }: Section): Uint8Array => {
    if (start + offset + length > file.length) throw new RangeError('the weights are cut off');
    return file.subarray(start + offset, start + offset + length);
  };
  const signed = (section: Section): Int8Array => {
    const { buffer, byteOffset, length } = unsigned(section);
    return new Int8Array(buffer, byteOffset, length);
  };
  return { header, unsigned, signed };
};
