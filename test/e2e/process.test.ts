import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFailed, test } from 'vitest';
import { ROOT } from '../check/run-tool.ts';
import { makeClient } from './client.ts';
import { type CloudProcess, startCloudProcess } from './cloud-process.ts';
import { controlOf } from './control.ts';
import { SAMPLES } from './samples.ts';
import { isLocal } from './target.ts';
import { until } from './until.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', timeout: 60_000 });

/** The processes of all functions. */
const pidsOf = async ({ url }: CloudProcess): Promise<readonly number[]> => {
  const pids = (await controlOf(url).functions()).flatMap(({ instances }) => instances.map(({ pid }) => pid));
  expect(pids.length).toBeGreaterThan(2);
  expect(pids.filter(isAlive)).toEqual(pids);
  return pids;
};

const allGone = (pids: readonly number[]): Promise<true> =>
  until('the functions end', () => (pids.some(isAlive) ? undefined : (true as const)), 10_000);

describe.runIf(isLocal)('npm start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-process-'));
  const data = join(folder, 'data');
  const running: CloudProcess[] = [];
  const start = async (): Promise<CloudProcess> => {
    const cloud = await startCloudProcess(['--port', '0', '--data', data]);
    running.push(cloud);
    onTestFailed(() => console.error(cloud.output()));
    return cloud;
  };
  const token = (user: string): string => node('lib/local/token.mjs', '--user', user, '--data', data).stdout.trim();

  afterAll(() => {
    for (const { child } of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('keeps conversations over Ctrl-C and a new start, and leaves no process behind', async () => {
    const first = await start();
    const before = makeClient(first.url, token('alice'));
    const told = (await before.say({ message: SAMPLES.code, conversation_id: 'kept' })).body;
    const pids = await pidsOf(first);
    expect(await first.stop()).toBe(0);
    await allGone(pids);

    const second = await start();
    const after = makeClient(second.url, token('alice'));
    const { body } = await after.get('/v1/conversations/kept');
    expect(body.turns).toEqual([expect.objectContaining({ turn_id: told.turn_id, response: told.response })]);
    const followUp = (await after.say({ message: 'And which functions does it define?', conversation_id: 'kept' }))
      .body;
    expect(followUp.history.kept_messages).toBe(2);
    expect(followUp.response.content).toContain('total_size');

    const { port } = new URL(second.url);
    const taken = node('lib/local/start.mjs', '--port', port, '--data', join(folder, 'other'));
    expect([taken.status, taken.stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
    expect(taken.stderr).toContain(`port ${port} is taken`);
    const inUse = node('lib/local/start.mjs', '--port', '0', '--data', data);
    expect([inUse.status, inUse.stderr.trimEnd().split('\n').length]).toEqual([1, 1]);
    expect(inUse.stderr).toContain('in use');

    const left = await pidsOf(second);
    second.child.kill('SIGKILL');
    await allGone(left);
  });
});
