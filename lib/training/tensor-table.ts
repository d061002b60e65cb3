import * as z from 'zod';

const tableSchema = z.object({
  tensors: z.record(
    z.string(),
    z.object({
      dtype: z.enum(['int8', 'float32']),
      shape: z.array(z.number().int().positive()).min(1),
      offset: z.number().int().nonnegative(),
    }),
  ),
});

/** The bytes of a tensor of a weights file. */
export type ReadTensor = (name: string, dtype: 'int8' | 'float32', shape: readonly (number | '*')[]) => Uint8Array;

/**
 * A reader of the tensors that `table` (JSON) finds in `weights` (little-endian). `*` in a shape allows any size.
 * @throws ZodError or SyntaxError when the table is none; the reader throws RangeError for a tensor that is not as asked
 */
export const makeTensorReader = (table: Buffer, weights: Uint8Array): ReadTensor => {
  const { tensors } = tableSchema.parse(JSON.parse(table.toString()));
  return (name, dtype, shape) => {
    const tensor = tensors[name];
    const fits = tensor?.shape.every((size, axis) => shape[axis] === '*' || shape[axis] === size);
    if (!tensor || !fits || tensor.dtype !== dtype || tensor.shape.length !== shape.length)
      throw new RangeError(`tensor ${name} is not ${dtype} [${shape.join(', ')}]`);
    const bytes = tensor.shape.reduce((product, size) => product * size, dtype === 'int8' ? 1 : 4);
    if (tensor.offset + bytes > weights.byteLength) throw new RangeError(`tensor ${name} ends beyond the weights`);
    return weights.subarray(tensor.offset, tensor.offset + bytes);
  };
};
