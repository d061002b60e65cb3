import { Agent, request } from 'node:http';
import type { ServiceReply } from '../types.ts';

/** Sends one AWS JSON 1.0 request to an engine of this process. */
export type EngineClient = (headers: Readonly<Record<string, string>>, body: Buffer) => Promise<ServiceReply>;

/** A client with kept connections for an engine that listens on a loopback port. */
export const makeEngineClient = (port: number): { send: EngineClient; close: () => void } => {
  const agent = new Agent({ keepAlive: true });
  const send: EngineClient = (headers, body) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port,
          method: 'POST',
          path: '/',
          agent,
          headers: { ...headers, 'content-length': body.length },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('error', reject);
          incoming.once('end', () => {
            const passed = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
            resolve({
              status: incoming.statusCode ?? 500,
              headers: Object.fromEntries(passed),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
};
