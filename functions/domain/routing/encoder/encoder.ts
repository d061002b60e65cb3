import { MOST_ROWS, takeBuffers } from './buffers.ts';
import { makeForwardPass } from './forward-pass.ts';
import { type Address, loadKernels } from './kernels.ts';
import { EMBEDDING_WIDTH, loadLayers, WIDTH } from './layers.ts';
import { readVocabulary } from './packed-vocabulary.ts';
import { LABELS, LAST_CONTEXT_ID, type MessageInput, readRouterInput } from './router-input.ts';
import { makeTensorReader, type ReadTensor } from './tensor-table.ts';
import { timingSignal } from './timing-signal.ts';
import { makeUnigramTokenizer } from './unigram-tokenizer.ts';

/** The bytes of the files in functions/model that the encoder is made of. */
export type EncoderFiles = {
  readonly weights: Uint8Array;
  readonly tensorTable: Uint8Array;
  readonly vocabulary: Uint8Array;
  readonly kernels: Uint8Array;
};

/**
 * `limit`: most tokens of a message, 8 to 128. `queries`: of how many of them the last layer's rows are computed; more
 * than that are sampled evenly, at least 1, `limit` or more for all.
 */
export type EncoderOptions = { readonly limit: number; readonly queries: number };

/** Scores of the labels (LABELS, before softmax), the vector they come from, in (-1, 1)^512, and the tokens read. */
export type MessageReading = { readonly logits: Float32Array; readonly vector: Float32Array; readonly tokens: number };

/** Synchronous; every result is the caller's own. */
export type Encoder = {
  readonly readMessage: (input: MessageInput) => MessageReading;
  /** A vector of length 1 and 512 dimensions; the cosine of two says how close two texts are. Reads 128 tokens. */
  readonly embed: (text: string) => Float32Array;
};

const FEATURES = LABELS.length + 4;
const ALIGNMENT = 64;
/** Weights, buffers and room for alignment. */
const BUFFER_BYTES = 6 * 1024 * 1024;
/** The compiler puts the kernels' constants below this. */
const CONSTANT_BYTES = 4096;
/** What a text without a token reads as. */
const UNKNOWN = [0];

const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

/** The last layer, of the vector and the features. */
const makeClassifier = (read: ReadTensor): ((vector: Float32Array, features: Float32Array) => Float32Array) => {
  const inputs = WIDTH + FEATURES;
  const weights = floatsOf(read('c.w', 'float32', [LABELS.length, inputs]));
  const biases = floatsOf(read('c.b', 'float32', [LABELS.length]));
  return (vector, features) =>
    biases.map((bias, label) => {
      let sum = bias;
      for (let index = 0; index < inputs; index += 1) {
        const x = (index < WIDTH ? vector[index] : features[index - WIDTH]) ?? 0;
        sum += x * (weights[label * inputs + index] ?? 0);
      }
      return sum;
    });
};

/** Makes the encoder from its files. @throws RangeError when they do not fit together or an option is out of range */
export const makeEncoder = (files: EncoderFiles, { limit, queries }: EncoderOptions): Encoder => {
  if (![limit, queries].every(Number.isInteger) || limit < 8 || limit > MOST_ROWS || queries < 1)
    throw new RangeError('limit or queries out of range');
  const read = makeTensorReader(files.tensorTable, files.weights);
  const tokenize = makeUnigramTokenizer(readVocabulary(files.vocabulary));
  const { kernels, buffer } = loadKernels(files.kernels, files.weights.byteLength + BUFFER_BYTES);
  const memory = new Uint8Array(buffer);
  const floats = new Float32Array(buffer);

  let free = CONSTANT_BYTES;
  const take = (bytes: number): Address => {
    free = Math.ceil(free / ALIGNMENT) * ALIGNMENT + bytes;
    return free - bytes;
  };
  const buffers = takeBuffers(take);
  // Until the first pass, the buffers from `stream` on, of over 1 MB, are free to re-order weights in.
  const layers = loadLayers({ read, take, memory, kernels, scratch: buffers.stream });
  const frequencies = floatsOf(read('timing', 'float32', [EMBEDDING_WIDTH / 2]));
  floats.set(timingSignal(frequencies, MOST_ROWS), buffers.timing / 4);
  const classify = makeClassifier(read);
  const embeddings = read('emb.scale', 'float32', ['*']).byteLength / 4;
  read('emb', 'int8', [embeddings, EMBEDDING_WIDTH]);
  if (embeddings <= LAST_CONTEXT_ID) throw new RangeError('too few embeddings');
  const { pool, project } = makeForwardPass(layers, kernels, buffers, memory);

  const head = (): Float32Array => floats.slice(buffers.head / 4, buffers.head / 4 + WIDTH);

  return {
    readMessage: (input) => {
      const { ids, features } = readRouterInput(input, tokenize, limit);
      pool(ids.length > 0 ? ids : UNKNOWN, queries);
      project(layers.router);
      const vector = head();
      const logits = classify(vector, features);
      return { logits, vector, tokens: ids.length };
    },
    embed: (text) => {
      const ids = tokenize(text).slice(0, MOST_ROWS);
      pool(ids.length > 0 ? ids : UNKNOWN, MOST_ROWS);
      project(layers.similarity);
      const vector = head();
      const length = Math.sqrt(
        Math.max(
          1e-12,
          vector.reduce((sum, x) => sum + x * x, 0),
        ),
      );
      return vector.map((x) => x / length);
    },
  };
};
