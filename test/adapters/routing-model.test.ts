import { cpSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRoutingModel } from '../../functions/adapters/routing-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-model-'));
  cpSync(new URL('../../functions/model/', import.meta.url), folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = () => loadRoutingModel(pathToFileURL(`${folder}/`));

it('loads the model from a folder, ready to read', () => {
  const reading = load().readIntent({
    message: 'it crashes with a stack trace',
    attachments: [],
    previousRole: undefined,
  });
  expect(reading.role).toBe('debugger');
});

it.each(['encoder-weights.bin', 'vocabulary.bin', 'concepts.bin', 'intent.bin', 'kernels.wasm'])(
  'rejects a folder in which %s is cut off',
  (name) => {
    truncateSync(join(folder, name), 1_000);
    expect(load).toThrow();
    cpSync(new URL(`../../functions/model/${name}`, import.meta.url), join(folder, name));
    expect(load).not.toThrow();
  },
);

it('rejects a folder without the weights', () => {
  rmSync(join(folder, 'encoder-weights.bin'));
  expect(load).toThrow('ENOENT');
});
