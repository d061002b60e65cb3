import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const TRAIN = fileURLToPath(new URL('../../lib/training/train.ts', import.meta.url));
const LONGEST_MS = 900_000;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-trained-'));
  await promisify(execFile)(process.execPath, [TRAIN, '--out', folder], { timeout: LONGEST_MS });
}, LONGEST_MS);
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['intent.bin', 'steps.bin'])('%s is what the messages give', (name) => {
  const trained = readFileSync(join(folder, name));
  const shipped = readFileSync(new URL(`../../functions/model/${name}`, import.meta.url));
  expect(
    trained.equals(shipped),
    `functions/model/${name} is not what lib/training makes of lib/training/data: run "npm run train" and commit what it ` +
      'writes, or take back what was changed in messages or training',
  ).toBe(true);
});
