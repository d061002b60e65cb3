import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, Worker, workerData } from 'node:worker_threads';

/** Agents on this machine's loopback address; they answer health checks, except those whose id ends with 7. */
export interface HangingAgents {
  readonly port: number;
  /** Health checks that each agent got so far, by its id. */
  checks(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** Tells the thread that serves from one that imports. */
const SERVE = 'serve hanging agents';

export const hangs = (agentId: string): boolean => agentId.endsWith('7');

const nextMessage = <T>(worker: Worker): Promise<T> =>
  new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));

/**
 * Starts them in a thread of their own: a server takes one connection each time around its event loop, and that of a test
 * is busy with the cloud.
 */
export const startHangingAgents = async (): Promise<HangingAgents> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: SERVE });
  const port = await nextMessage<number>(worker);
  return {
    port,
    checks: () => {
      const reply = nextMessage<ReadonlyMap<string, number>>(worker);
      worker.postMessage('checks');
      return reply;
    },
    close: async () => void (await worker.terminate()),
  };
};

const serve = (): void => {
  const checks = new Map<string, number>();
  const server = createServer(({ url = '' }, response) => {
    const agentId = url.split('/')[1] ?? '';
    checks.set(agentId, (checks.get(agentId) ?? 0) + 1);
    if (!hangs(agentId)) response.setHeader('content-type', 'application/json').end('{"status":"healthy"}');
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
  parentPort?.on('message', () => parentPort?.postMessage(checks));
};

if (workerData === SERVE) serve();
