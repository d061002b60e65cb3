import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const source = fileURLToPath(new URL('../../functions/model/kernels/kernels.ts', import.meta.url));
const target = new URL('../../functions/model/kernels.wasm', import.meta.url);

const OPTIONS = '-O3 --runtime stub --enable simd --enable relaxed-simd --importMemory --noExportMemory'.split(' ');

/** Compiles the encoder's kernels. @throws Error with the compiler's messages when they do not compile */
export const compileKernels = async (): Promise<Uint8Array> => {
  const outputs: (string | Uint8Array)[] = [];
  const { error, stderr } = await asc.main([source, ...OPTIONS, '--outFile', 'kernels.wasm'], {
    writeFile: (_name, contents) => {
      outputs.push(contents);
    },
  });
  const binary = outputs.find((contents) => typeof contents !== 'string');
  if (error || !binary) throw new Error(`the kernels do not compile\n${stderr.toString()}`, { cause: error });
  return binary;
};

if (import.meta.main) await writeFile(target, await compileKernels());
