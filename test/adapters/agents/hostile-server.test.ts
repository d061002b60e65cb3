import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHttpExchange } from '../../../functions/adapters/agents/http-exchange.ts';

type Conduct = (socket: Socket) => void;

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
const EVIL = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nEVIL';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';
const UNTIL_CLOSED = 'HTTP/1.1 200 OK\r\n\r\n';
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const MIB = 1024 * 1024;

const saying =
  (...texts: readonly string[]): Conduct =>
  (socket) =>
    texts.forEach((text, index) => {
      setTimeout(() => socket.write(text), index * 20);
    });
/** Says the head, then one of `text` after the other, for ever. */
const dripping =
  (head: string, text: string): Conduct =>
  (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(text), 30);
    socket.on('close', () => clearInterval(timer));
  };
/** Says the head, then as much of `text` as is taken. */
const flooding =
  (head: string, text: string): Conduct =>
  (socket) => {
    socket.write(head);
    const more = () => {
      if (!socket.destroyed) socket.write(text.repeat(2_000), () => setImmediate(more));
    };
    more();
  };
const letterByLetter =
  (text: string): Conduct =>
  (socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++] ?? '\n'), 30);
    socket.on('close', () => clearInterval(timer));
  };
const resetAfter =
  (text: string): Conduct =>
  (socket) => {
    socket.write(text);
    setTimeout(() => socket.resetAndDestroy(), 20);
  };

const timedOut = { kind: 'timed_out' };
const tooLarge = { kind: 'too_large' };
const replied = (status: number, text = '') => ({ kind: 'replied', status, text });
const fine = replied(200, '{}');
const brokeOff = (cause: string) => ({ kind: 'broke_off', cause });

/** How a server behaves, and what the exchange with it comes to. */
const CONDUCTS: Readonly<Record<string, readonly [Conduct, object]>> = {
  'switches protocols': [saying(`${SWITCHING}what follows is no HTTP`), replied(101)],
  'switches protocols and hangs up': [(socket) => socket.end(SWITCHING), replied(101)],
  'switches protocols and breaks off': [resetAfter(SWITCHING), replied(101)],
  'switches protocols behind hints': [saying(`HTTP/1.1 103 Early Hints\r\n\r\n${SWITCHING}`), replied(101)],
  'offers another protocol with its reply': [
    saying('HTTP/1.1 200 OK\r\nupgrade: x\r\nconnection: upgrade\r\ncontent-length: 2\r\n\r\n{}'),
    fine,
  ],
  'says "continue" for ever': [dripping('', 'HTTP/1.1 100 Continue\r\n\r\n'), timedOut],
  'says "processing" without a pause': [
    flooding('', 'HTTP/1.1 102 Processing\r\n\r\n'),
    brokeOff('HPE_HEADER_OVERFLOW'),
  ],
  'sends empty lines without a pause': [flooding('', '\r\n'), brokeOff('HPE_HEADER_OVERFLOW')],
  'says "continue", then replies': [saying('HTTP/1.1 100 Continue\r\n\r\n', OK), fine],
  'sends its head letter by letter': [letterByLetter(`HTTP/1.1 200 OK\r\nx-${'x'.repeat(500)}: y\r\n\r\n`), timedOut],
  'sends 1 MiB of headers': [
    saying(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(MIB)}\r\n\r\n`),
    brokeOff('HPE_HEADER_OVERFLOW'),
  ],
  'sends 100,000 headers': [
    saying(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100_000)}\r\n`),
    brokeOff('HPE_HEADER_OVERFLOW'),
  ],
  'speaks HTTP/0.9': [(socket) => socket.end('<html>hi</html>'), brokeOff('HPE_INVALID_CONSTANT')],
  'speaks HTTP/2': [saying('HTTP/2 200 OK\r\n\r\n'), brokeOff('HPE_INVALID_VERSION')],
  'speaks HTTP/1.0': [(socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n{}'), fine],
  'ends within its head': [(socket) => socket.end('HTTP/1.1 200 OK\r\nfoo'), brokeOff('ECONNRESET')],
  'hangs up': [(socket) => socket.end(), brokeOff('ECONNRESET')],
  'resets the connection': [(socket) => socket.resetAndDestroy(), brokeOff('ECONNRESET')],
  'replies twice': [saying(OK + EVIL), fine],
  'replies again, unasked': [saying(OK, EVIL), fine],
  'says more than its length': [saying('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}{}'), fine],
  'says less than its length': [saying('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'), timedOut],
  'ends before its length': [
    (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}'),
    brokeOff('ECONNRESET'),
  ],
  'has a length below 0': [
    saying('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'),
    brokeOff('HPE_INVALID_CONTENT_LENGTH'),
  ],
  'has two lengths': [
    saying('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\n{}{}'),
    brokeOff('HPE_UNEXPECTED_CONTENT_LENGTH'),
  ],
  'has no length and no end': [dripping(UNTIL_CLOSED, 'x'), timedOut],
  'has no length and goes silent': [saying(`${UNTIL_CLOSED}{`), timedOut],
  'has no length and breaks off': [resetAfter(`${UNTIL_CLOSED}{`), replied(200, '{')],
  'has no length and never pauses': [flooding(UNTIL_CLOSED, 'x'), tooLarge],
  'sends chunks without an end': [dripping(CHUNKED, '1\r\nx\r\n'), timedOut],
  'sends chunk extensions of 1 MiB': [
    saying(`${CHUNKED}2;a=${'x'.repeat(MIB)}\r\n{}\r\n0\r\n\r\n`),
    brokeOff('ECONNRESET'),
  ],
  'sends a chunk extension letter by letter': [dripping(`${CHUNKED}2;a=`, 'x'), timedOut],
  'sends chunks that are none': [saying(`${CHUNKED}zz\r\n{}\r\n`), brokeOff('ECONNRESET')],
  'sends trailers without a pause': [flooding(`${CHUNKED}2\r\n{}\r\n0\r\n`, 'a: b\r\n'), brokeOff('ECONNRESET')],
  'sends trailers for ever': [dripping(`${CHUNKED}2\r\n{}\r\n0\r\n`, 'a: b\r\n'), timedOut],
  'has a status that is none': [saying('HTTP/1.1 999 Hm\r\ncontent-length: 0\r\n\r\n'), replied(999)],
};

const LIMITS = { connectMs: 500, bodyIdleMs: 120 };
const exchange = makeHttpExchange({ addressesOf: () => Promise.reject(new Error('no name is asked for')) }, LIMITS);
let server: Server;
/** The connection that the newest request came on. */
let newest: Socket;
let url: string;

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const [, path] = /^POST (\S+)/.exec(bytes.toString()) ?? [];
      if (path === undefined) return;
      newest = socket;
      const [conduct = saying(OK)] = CONDUCTS[decodeURIComponent(path.slice(1))] ?? [];
      conduct(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
});
afterAll(() => server.close());

const send = (path: string) =>
  exchange(
    { url: new URL(encodeURIComponent(path), url), headers: {}, body: '{}', headersMs: 400, maxBytes: 1_000 },
    AbortSignal.timeout(600),
  );

describe('an exchange with a server', () => {
  it.each(Object.entries(CONDUCTS))('survives one that %s', { timeout: 2_000 }, async (what, [, outcome]) => {
    expect(await send(what)).toEqual(outcome);
    // Only what is in order is kept for the next request.
    if (outcome !== fine) await expect.poll(() => newest.destroyed, { interval: 5 }).toBe(true);
    expect(await send('well')).toEqual(fine);
  });
});
