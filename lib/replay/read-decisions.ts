import { createReadStream } from 'node:fs';
import { Decision } from '../../functions/domain/contract/decision.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { parseInput } from '../../functions/domain/contract/parse-input.ts';
import { ReadError } from './read-error.ts';
import { type Entry, StoredTurn } from './stored-turn.ts';

/** Longer than any turn: a file that is no JSON lines must not fill the memory. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Lines end in \n alone: other separators of lines may stand within a JSON text, where node:readline would cut. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...parts, chunk.subarray(start, end)]);
      [parts, length, start] = [[], 0, end + 1];
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > MAX_LINE_BYTES) throw new Error(`is longer than ${MAX_LINE_BYTES} bytes`);
  }
  yield Buffer.concat(parts);
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws Error, Failure whose message says what is wrong with it */
const entryOf = (text: string): Entry => {
  const json: unknown = JSON.parse(text);
  if (isRecord(json) && 'candidates' in json) return { decision: parseInput(Decision, json) };
  if (!isRecord(json) || !('turn_id' in json)) throw new Error('is neither a decision nor a turn');
  const turn = parseInput(StoredTurn, json);
  return { turn, decision: turn.routing ?? turn.decision };
};

const reasonOf = (error: unknown): string => {
  if (error instanceof Failure) return error.detail;
  if (error instanceof SyntaxError) return 'is not JSON';
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8' : message;
};

/**
 * The decisions of JSON lines, one after the other; a line is a decision or a turn, empty ones are passed over.
 * @param name of the file, or `-`
 * @throws ReadError that names the line and what is wrong with it
 */
export async function* readDecisions(name: string): AsyncGenerator<Entry> {
  let line = 1;
  try {
    for await (const bytes of linesOf(name === '-' ? process.stdin : createReadStream(name))) {
      const text = UTF_8.decode(bytes);
      if (text.trim() !== '') yield { line, ...entryOf(text) };
      line += 1;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined)
      throw new ReadError(`${name} can't be read: ${(error as Error).message}`, { cause: error });
    throw new ReadError(`${name === '-' ? 'standard input' : name}, line ${line}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
