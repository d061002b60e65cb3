/** An address: bytes from the start of the kernels' memory. */
export type Address = number;

type Kernel = (...addressesAndSizes: number[]) => void;

const NAMES = [
  'embed',
  'layerNorm',
  'quantise',
  'linear',
  'rectify',
  'contract',
  'attend',
  'add',
  'meanRow',
  'hyperbolicTangent',
] as const;

/** The kernels of functions/model/kernels, which says what each does and what its arguments mean. */
export type Kernels = { readonly [name in (typeof NAMES)[number]]: Kernel };

// The language's own library does not declare WebAssembly; this is as much of it as is used here.
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

/** Memory that kernels work in; it never grows. */
export type KernelMemory = { readonly buffer: ArrayBuffer };

const PAGE_BYTES = 65_536;

/** New memory of at least so many bytes, all 0. */
export const makeKernelMemory = (bytes: number): KernelMemory => {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
};

const areKernels = (exports: Readonly<Record<string, unknown>>): exports is Kernels =>
  NAMES.every((name) => typeof exports[name] === 'function');

/**
 * Kernels over a memory.
 * @throws WebAssembly.CompileError when the file is no module or the machine lacks relaxed SIMD; RangeError when a
 * kernel is missing
 */
export const loadKernels = (file: Uint8Array, memory: KernelMemory): Kernels => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(file), { env: { memory } });
  if (!areKernels(exports)) throw new RangeError('kernels are missing');
  return exports;
};
