import { expect, it } from 'vitest';
import { compileKernels } from '../../../lib/training/build-kernels.ts';
import { modelFile } from '../../domain/routing/encoder/shipped-files.ts';

it('compiles the kernels to the file that ships', async () => {
  expect(Buffer.compare(await compileKernels(), modelFile('kernels.wasm'))).toBe(0);
}, 60_000);
