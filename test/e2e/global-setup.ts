import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readKey, signToken } from '../../lib/local/oidc.ts';
import { readRecord } from '../../lib/local/process/data-folder.ts';
import { startCloudProcess } from './cloud-process.ts';

/** The stack that the tests run against. */
export interface Target {
  readonly url: string;
  readonly token: string;
  /** A second user's token, if there is one. */
  readonly otherToken: string | null;
  /** Data folder of the local cloud; null for a deployed stack, which has no control routes. */
  readonly dataDir: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target;
  }
}

/** Variables by which `npm run e2e` names a deployed stack. */
const { E2E_URL, E2E_TOKEN, E2E_OTHER_TOKEN } = process.env;

/** Starts one local cloud for all files that need no cloud of their own, or takes the stack that is named. */
export const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  if (E2E_URL !== undefined && E2E_TOKEN !== undefined) {
    project.provide('target', { url: E2E_URL, token: E2E_TOKEN, otherToken: E2E_OTHER_TOKEN ?? null, dataDir: null });
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'));
  const dataDir = join(folder, 'data');
  const cloud = await startCloudProcess([
    '--port',
    '0',
    '--data',
    dataDir,
    '-c',
    'throttleRate=2000',
    '-c',
    'throttleBurst=2000',
  ]);
  let isOver = false;
  cloud.child.on('exit', (code, signal) => {
    if (!isOver) console.error(`the shared cloud ended (${code ?? signal}):\n${cloud.output()}`);
  });
  const key = readKey(dataDir);
  const record = readRecord(dataDir);
  if (key === undefined || record === undefined) throw new Error(`the cloud left nothing in ${dataDir}`);
  const otherToken = await signToken(key, record.issuer, { user: 'bob' }, Date.now());
  project.provide('target', { url: cloud.url, token: cloud.token, otherToken, dataDir });
  return async () => {
    isOver = true;
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  };
};
