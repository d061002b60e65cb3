import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHttpExchange } from '../../../functions/adapters/agents/http-exchange.ts';
import { type StagedServer, startServer } from '../../contracts/staged-server.ts';
import { patience } from '../../twins/samples.ts';

const LIMITS = { connectMs: 150, bodyIdleMs: 150 };
const hanging = () => new Promise<never>(() => undefined);
const toThisMachine = async () => [{ address: '127.0.0.1', family: 4 }];

/** Takes connections and says nothing. */
const sockets: Socket[] = [];
const mute = createServer((socket) => sockets.push(socket));
let server: StagedServer;
let isTrickling = true;

beforeAll(async () => {
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  server = await startServer((request, response) => {
    if (request.url === '/stall') response.write('half of it');
    if (request.url === '/trickle') {
      const timer = setInterval(() => response.write('x'), 60);
      response.on('close', () => {
        clearInterval(timer);
        isTrickling = false;
      });
    }
    if (request.url === '/slow')
      for (const [index, text] of ['a', 'b', 'c', 'd'].entries())
        setTimeout(() => (text === 'd' ? response.end(text) : response.write(text)), index * 80);
  });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  mute.close();
  await server.stop();
});

const send = (url: string, addressesOf: typeof toThisMachine, headersMs = 150, signal = patience()) =>
  makeHttpExchange({ addressesOf }, LIMITS)({ url: new URL(url), headers: {}, headersMs, maxBytes: 1_000 }, signal);
const mutePort = () => (mute.address() as { port: number }).port;

describe('an exchange ends', () => {
  it('when the name is not resolved in time', async () => {
    expect(await send('https://agent.example/', hanging)).toEqual({ kind: 'unreachable', cause: 'ETIMEDOUT' });
  });

  it('when the TLS handshake takes too long', async () => {
    const outcome = await send(`https://agent.example:${mutePort()}/`, toThisMachine);
    expect(outcome).toEqual({ kind: 'unreachable', cause: 'ETIMEDOUT' });
  });

  it('when there are no headers in time', async () => {
    expect(await send(`http://127.0.0.1:${mutePort()}/`, hanging)).toEqual({ kind: 'timed_out' });
  });

  it('when the body pauses too long, but not for pauses that are short', async () => {
    expect(await send(`${server.url}/stall`, hanging)).toEqual({ kind: 'timed_out' });
    expect(await send(`${server.url}/slow`, hanging)).toEqual({ kind: 'replied', status: 200, text: 'abcd' });
  });

  it('with its signal, however slowly the body goes on, and closes the connection', async () => {
    const outcome = await send(`${server.url}/trickle`, hanging, 150, AbortSignal.timeout(400));
    expect(outcome).toEqual({ kind: 'timed_out' });
    await expect.poll(() => isTrickling).toBe(false);
  });
});
