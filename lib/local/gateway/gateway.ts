import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Interposer } from '../types.ts';
import { type GatewayParts, makeCallHandler } from './gateway-call.ts';

export interface Gateway {
  /** `http://127.0.0.1:<port>`, the `AWS_ENDPOINT_URL` of every function. */
  readonly url: string;
  /** Starts to answer; before that every call gets 503. Separate from opening because queue URLs need the port first. */
  serve(parts: GatewayParts): void;
  /** Replaces the interposers, from the next call on. */
  setInterposers(interposers: readonly Interposer[]): void;
  /** Closes every connection. */
  close(): Promise<void>;
}

/**
 * Opens the one endpoint of all AWS APIs on the loopback interface.
 * @throws Error with code `EADDRINUSE` if the port is taken
 */
export const openGateway = async ({ port }: { port: number }): Promise<Gateway> => {
  let interposers: readonly Interposer[] = [];
  let handle: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  const server = createServer((request, response) => {
    if (handle) void handle(request, response);
    else response.writeHead(503).end('The local cloud is starting');
  });
  // A connection that the server closes just as a client reuses it fails a call that was never sent.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actualPort}`,
    serve: (parts) => {
      handle = makeCallHandler(parts, () => interposers);
    },
    setInterposers: (next) => {
      interposers = [...next];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
