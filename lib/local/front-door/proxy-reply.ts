import { GatewayFailure } from './gateway-responses.ts';
import { matchesMediaType } from './proxy-event.ts';

/** Status and headers that a function gave. */
interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

const PRELUDE_END = Buffer.alloc(8);
/** A prelude has to end within this, bytes. */
const MAX_PRELUDE_BYTES = 16 * 1024;
/** API Gateway keeps these for itself and sends the function's as `x-amzn-remapped-…`. */
const REMAPPED = new Set(['connection', 'date', 'host', 'server', 'user-agent', 'via', 'www-authenticate']);
const DROPPED = new Set(['content-length', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Reads the reply of a buffered Lambda proxy integration.
 * @throws GatewayFailure MALFORMED_REPLY (502, as API Gateway) if it is none
 */
export const readReply = (
  payload: Buffer,
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): ReplyHead & { readonly body: Buffer } => {
  const reply = parseObject(payload.toString());
  const { body, isBase64Encoded } = reply;
  if (body !== undefined && body !== null && typeof body !== 'string') throw malformed('body is not text');
  if (isBase64Encoded !== undefined && typeof isBase64Encoded !== 'boolean') throw malformed('isBase64Encoded');
  // Base64 is undone only for who accepts one of the API's binary types; a known trap.
  const isBinary = isBase64Encoded === true && matchesMediaType(binaryMediaTypes, accept ?? '*/*');
  return { ...readHead(reply), body: Buffer.from(body ?? '', isBinary ? 'base64' : 'utf8') };
};

/**
 * Splits a streamed reply into its prelude and the body, which is passed on as it comes.
 * @throws GatewayFailure MALFORMED_REPLY if it has no valid prelude; whatever `chunks` throws
 */
export const readStreamedReply = async (
  chunks: AsyncIterable<Uint8Array>,
): Promise<ReplyHead & { readonly body: AsyncIterable<Uint8Array> }> => {
  const iterator = chunks[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  for (;;) {
    const end = read.indexOf(PRELUDE_END);
    if (end >= 0) {
      const head = readHead(parseObject(read.toString('utf8', 0, end)));
      return { ...head, body: rest(read.subarray(end + PRELUDE_END.length), iterator) };
    }
    if (read.length > MAX_PRELUDE_BYTES) throw malformed('the prelude is too long');
    const next = await iterator.next();
    if (next.done) throw malformed('the stream ended before its prelude did');
    read = Buffer.concat([read, next.value]);
  }
};

async function* rest(first: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

const readHead = (reply: Readonly<Record<string, unknown>>): ReplyHead => {
  const status = Number(reply.statusCode ?? Number.NaN);
  if (!Number.isInteger(status) || status < 100 || status > 599) throw malformed('statusCode is not a status');
  const headers: Record<string, string | string[]> = { 'content-type': 'application/json' };
  for (const [name, value] of headerEntries(reply)) {
    const key = name.toLowerCase();
    if (!DROPPED.has(key)) headers[REMAPPED.has(key) ? `x-amzn-remapped-${key}` : key] = value;
  }
  return { status, headers };
};

const headerEntries = ({ headers, multiValueHeaders, cookies }: Readonly<Record<string, unknown>>) => {
  const single = Object.entries(objectOr(headers, 'headers')).map(([name, value]) => {
    if (typeof value === 'object') throw malformed(`header ${name} is not text`);
    return [name, String(value)] as const;
  });
  const multiple = Object.entries(objectOr(multiValueHeaders, 'multiValueHeaders')).map(([name, values]) => {
    if (!Array.isArray(values)) throw malformed(`header ${name} is not a list`);
    return [name, values.map(String)] as const;
  });
  const set = Array.isArray(cookies) ? [['set-cookie', cookies.map(String)] as const] : [];
  return [...single, ...multiple, ...set];
};

const objectOr = (value: unknown, name: string): object => {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(`${name} is not an object`);
  return value;
};

const parseObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw malformed('not JSON', cause);
  }
  throw malformed('not an object');
};

const malformed = (what: string, cause?: unknown): GatewayFailure =>
  new GatewayFailure('MALFORMED_REPLY', { reason: `malformed Lambda proxy reply: ${what}`, cause });
