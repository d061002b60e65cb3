import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Makes sure early that a port of this machine can be had, before anything slow. For 0 it finds a free one.
 * @throws StartError if it is taken or may not be used
 */
export const freePort = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `can't be used (${error.code ?? error.message})`;
      reject(new StartError(`port ${port} ${why}; choose another with --port`, { cause: error }));
    });
    probe.listen(port, '127.0.0.1', () => {
      const { port: found } = probe.address() as AddressInfo;
      probe.close(() => resolve(found));
    });
  });
