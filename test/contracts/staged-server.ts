import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StagedServer {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** An HTTP server on this machine for one test file. */
export const startServer = async (
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<StagedServer> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    answer(request, response, Buffer.concat(chunks).toString());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
  };
  return { port, url: `http://127.0.0.1:${port}`, stop };
};
