import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../../../lib/local/process/data-folder.ts';

const RECORD = { format: 1, port: 3000, issuer: 'http://127.0.0.1:3000/_local/oidc', clockOffsetMs: 0 } as const;
let folder = '';

beforeEach(() => {
  const parent = mkdtempSync(join(tmpdir(), 'data-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  folder = join(parent, 'nested', '.local');
});

test('what is written is there at the next opening', () => {
  const first = openDataFolder(folder, false);
  expect(first.record).toBeUndefined();
  first.writeRecord(RECORD);
  first.release();
  const second = openDataFolder(folder, false);
  expect(second.record).toEqual(RECORD);
  second.release();
});

test('reset empties the folder', () => {
  const first = openDataFolder(folder, false);
  first.writeRecord(RECORD);
  mkdirSync(join(folder, 'dynamodb'));
  first.release();
  const second = openDataFolder(folder, true);
  expect(second.record).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['lock']);
  second.release();
});

test.each([false, true])('rejects a folder that holds something else (reset %s) and leaves it alone', (reset) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'thesis.tex'), 'years of work');
  expect(() => openDataFolder(folder, reset)).toThrow(/not a data folder.*thesis\.tex/);
  expect(readFileSync(join(folder, 'thesis.tex'), 'utf8')).toBe('years of work');
});

test('rejects a second opening while the first lasts', () => {
  const first = openDataFolder(folder, false);
  expect(() => openDataFolder(folder, false)).toThrow(new RegExp(`in use .* process id ${process.pid}`));
  first.release();
  openDataFolder(folder, false).release();
});

test('rejects a folder that another living process holds', () => {
  mkdirSync(folder, { recursive: true });
  const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, startedAt }));
  expect(() => openDataFolder(folder, false)).toThrow(/in use/);
});

test.each([
  [
    'of a process that has ended',
    () => JSON.stringify({ pid: spawnSync(process.execPath, ['-e', '']).pid, startedAt: '1' }),
  ],
  ['of another process that had the same id', () => JSON.stringify({ pid: process.ppid, startedAt: '1' })],
  ['that was cut off', () => '{"pi'],
])('survives a lock %s', (_, lock) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lock'), lock());
  openDataFolder(folder, false).release();
});

test.each(['{"format":', '{"format":99}', '[]'])('rejects a damaged record %s but can reset it', (text) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cloud.json'), text);
  expect(() => openDataFolder(folder, false)).toThrow(/damaged.*--reset/);
  openDataFolder(folder, true).release();
});
