import { crc32 } from 'node:zlib';

const STRING_HEADER = 7;
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/**
 * One message of `application/vnd.amazon.eventstream`: total length, headers length, checksum of these two, headers,
 * payload, checksum of all before. Header values are strings.
 * @see "Event stream encoding", Amazon Transcribe Developer Guide
 */
export const encodeEvent = (headers: Readonly<Record<string, string>>, payload: Uint8Array): Buffer => {
  const encodedHeaders = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(PRELUDE_BYTES + encodedHeaders.length + payload.length + CHECKSUM_BYTES, 0);
  prelude.writeUInt32BE(encodedHeaders.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32BE([prelude, encodedHeaders, payload].reduce((crc, part) => crc32(part, crc), 0));
  return Buffer.concat([prelude, encodedHeaders, payload, checksum]);
};

const encodeHeader = (name: string, value: string): Buffer => {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const lead = Buffer.from([STRING_HEADER, valueBytes.length >> 8, valueBytes.length & 0xff]);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, lead, valueBytes]);
};
