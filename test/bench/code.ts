import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../../lib/constructs/bundle.ts';
import { FUNCTIONS } from '../../lib/functions.ts';
import { ROOT, runTool } from '../check/run-tool.ts';
import { medianOf } from './statistics.ts';

export interface CodeCost {
  /** Minified, without its source map; 1 kB is 1,000 bytes. */
  readonly code_kb: number;
  /** Import of the bundle in a fresh process, median of five. */
  readonly cold_import_ms: number;
}

const RUNS = 5;

/** What the handlers want to see when they are imported; nothing is called with it. */
const ENVIRONMENT = {
  STAGE: 'bench',
  CONVERSATIONS_TABLE: 'conversations',
  REGISTRY_TABLE: 'registry',
  UNDELIVERED_QUEUE_URL: 'http://127.0.0.1:1/undelivered',
  RETENTION_DAYS: '90',
  SUPERVISOR_MODE: 'when_unsure',
  SUPERVISOR_TIMEOUT_MS: '1500',
  OIDC: JSON.stringify({
    issuer: 'https://issuer.example.com',
    audience: 'switchboard',
    jwksUri: 'https://issuer.example.com/jwks.json',
    claims: { userId: 'sub', tenant: 'tenant', scopes: 'scope' },
    multiTenant: false,
  }),
  AWS_REGION: 'us-east-1',
};

const at = (path: string): string => pathToFileURL(join(ROOT, path)).href;

const importTime = (file: string): string => `
globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: { from: (stream) => stream } };
const startedMs = performance.now();
const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
if (typeof handler !== 'function') throw new Error('no handler');
process.stdout.write(String(performance.now() - startedMs));
process.exit();`;

const loadTime = (): string => `
const { loadRoutingModel } = await import(${JSON.stringify(at('functions/adapters/routing-model.ts'))});
const startedMs = performance.now();
loadRoutingModel(new URL(${JSON.stringify(at('functions/model/'))}));
process.stdout.write(String(performance.now() - startedMs));`;

/** The time that a script prints, in ms: median of five fresh processes. */
const medianTime = async (script: string): Promise<number> => {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const args = ['--input-type=module', '--eval', script];
    const { status, stdout, stderr } = await runTool(process.execPath, args, { env: ENVIRONMENT });
    if (status !== 0) throw new Error(`a measurement failed: ${stderr}`);
    times.push(Number(stdout));
  }
  return medianOf(times);
};

/** The time in which a cold function loads the routing model, which its cold import contains, and the files' size. */
export const measureModelLoad = async () => {
  const folder = fileURLToPath(new URL(at('functions/model/')));
  const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  return {
    mb: Math.round(bytes.reduce((sum, size) => sum + size, 0) / 1e5) / 10,
    load_ms: await medianTime(loadTime()),
  };
};

/** Size and cold import of every function's bundle, made as a deployment makes it. */
export const measureCode = async (): Promise<Readonly<Record<string, CodeCost>>> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-code-'));
  try {
    const costs: Record<string, CodeCost> = {};
    for (const [name, directory] of Object.entries(bundle(FUNCTIONS, ROOT, folder))) {
      const file = join(directory, 'index.mjs');
      costs[name] = {
        code_kb: Math.round(statSync(file).size / 100) / 10,
        cold_import_ms: await medianTime(importTime(file)),
      };
    }
    return costs;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
