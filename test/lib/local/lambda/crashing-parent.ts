import { join } from 'node:path';
import { makeClock } from '../../../../lib/local/clock.ts';
import { startFunctionHost } from '../../../../lib/local/lambda/function-host.ts';
import { account, fn } from '../hand-made-account.ts';

/** Starts a host, occupies instances (one of them in an endless loop), prints all pids and waits to be killed. */
const folder = process.argv[2] ?? '';
const host = await startFunctionHost({
  account: account([...fn('Echo', { Timeout: 60 }), ...fn('Bad', { Timeout: 60 })]),
  codeDirectory: ({ logicalId }) => join(folder, logicalId),
  environment: { endpointUrl: 'http://127.0.0.1:1' },
  clock: makeClock(),
  log: () => undefined,
  metrics: { put: () => undefined },
});
const child = await host.invoke('Bad', Buffer.from('{"do":"child"}'));
void host.invoke('Bad', Buffer.from('{"do":"hang"}'));
void host.invoke('Echo', Buffer.from('{"ms":60000}'));
setTimeout(() => {
  const instances = host.list().flatMap((view) => view.instances.map(({ pid }) => pid));
  process.stdout.write(`${JSON.stringify([...instances, Number(child.payload.toString())])}\n`);
}, 800);
