import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from '../../lib/constructs/bundle.ts';
import { FUNCTIONS } from '../../lib/functions.ts';
import { quantile } from './quantile.ts';

const RUNS = 5;

/** Enough for every handler to be imported; nothing is called. */
const ENVIRONMENT = {
  STAGE: 'bench',
  AWS_REGION: 'us-east-1',
  CONVERSATIONS_TABLE: 'conversations',
  REGISTRY_TABLE: 'registry',
  RETENTION_DAYS: '1',
  UNDELIVERED_QUEUE_URL: 'http://127.0.0.1:1/undelivered',
  OIDC: JSON.stringify({
    issuer: 'http://127.0.0.1:1',
    audience: 'bench',
    claims: { userId: 'sub', tenant: 'tenant', scopes: 'scope' },
    multiTenant: false,
  }),
};

const TIMED_IMPORT = `
globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
const startedMs = performance.now();
await import(process.argv[1]);
console.log(performance.now() - startedMs);
`;

const importMs = async (file: string): Promise<number> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', TIMED_IMPORT, file],
    { env: ENVIRONMENT },
  );
  return Number(stdout.trim().split('\n').at(-1));
};

/** Size of each function's minified bundle, and how long a fresh process takes to import it (median of 5). */
export const measureCode = async (): Promise<Record<string, { kb: number; cold_import_ms: number }>> => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-bench-'));
  try {
    const directories = bundle(FUNCTIONS, join(import.meta.dirname, '../..'), folder);
    const rows: [string, { kb: number; cold_import_ms: number }][] = [];
    for (const [name, directory] of Object.entries(directories)) {
      const file = join(directory, 'index.mjs');
      const times: number[] = [];
      for (let run = 0; run < RUNS; run += 1) times.push(await importMs(file));
      rows.push([name, { kb: Math.round(statSync(file).size / 1000), cold_import_ms: quantile(times, 0.5) }]);
    }
    return Object.fromEntries(rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
