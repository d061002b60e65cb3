import { type EncoderMemory, placesIn } from './encoder-memory.ts';
import { makeForwardPass } from './forward-pass.ts';
import { loadKernels } from './kernels.ts';
import { CLASSIFIER_INPUTS, type Layers, MOST_ROWS, WIDTH } from './layers.ts';
import { readVocabulary } from './packed-vocabulary.ts';
import { LABELS, type MessageInput, readRouterInput } from './router-input.ts';
import { makeUnigramTokenizer } from './unigram-tokenizer.ts';

/** What the encoder is made of: memory that its weights were read to, and the bytes of other files in functions/model. */
export type EncoderParts = {
  readonly memory: EncoderMemory;
  readonly vocabulary: Uint8Array;
  readonly kernels: Uint8Array;
};

/**
 * `limit`: most tokens of a message, 8 to 128. `queries`: of how many of them the last layer's rows are computed; more
 * than that are sampled evenly, at least 1, `limit` or more for all.
 */
export type EncoderOptions = { readonly limit: number; readonly queries: number };

/**
 * Scores of the labels (LABELS, before softmax), the vector they come from, in (-1, 1)^512, the tokens read, and a vector of
 * length 1 and 512 dimensions: the cosine of two of these says how close two texts are.
 */
export type MessageReading = {
  readonly logits: Float32Array;
  readonly vector: Float32Array;
  readonly tokens: number;
  readonly likeness: Float32Array;
};

/** Synchronous; every result is the caller's own. */
export type Encoder = { readonly readMessage: (input: MessageInput) => MessageReading };

const FLOAT_BYTES = 4;
/** What a text without a token reads as. */
const UNKNOWN = [0];

type Classify = (vector: Float32Array, features: Float32Array) => Float32Array;

/** The last layer, of the vector and the features. */
const makeClassifier = ({ weights, biases }: Layers['classifier'], floats: Float32Array): Classify => {
  const rows = weights / FLOAT_BYTES;
  const biasesAt = biases / FLOAT_BYTES;
  return (vector, features) =>
    floats.slice(biasesAt, biasesAt + LABELS.length).map((bias, label) => {
      let sum = bias;
      const row = rows + label * CLASSIFIER_INPUTS;
      for (let index = 0; index < CLASSIFIER_INPUTS; index += 1) {
        const x = (index < WIDTH ? vector[index] : features[index - WIDTH]) ?? 0;
        sum += x * (floats[row + index] ?? 0);
      }
      return sum;
    });
};

/** Makes the encoder from its parts. @throws RangeError when they do not fit together or an option is out of range */
export const makeEncoder = (parts: EncoderParts, { limit, queries }: EncoderOptions): Encoder => {
  if (![limit, queries].every(Number.isInteger) || limit < 8 || limit > MOST_ROWS || queries < 1)
    throw new RangeError('limit or queries out of range');
  const { layers, buffers } = placesIn(parts.memory);
  const { memory } = parts.memory;
  const floats = new Float32Array(memory.buffer);
  const tokenize = makeUnigramTokenizer(readVocabulary(parts.vocabulary));
  const kernels = loadKernels(parts.kernels, memory);
  const { pool, project } = makeForwardPass(layers, kernels, buffers, new Uint8Array(memory.buffer));
  const classify = makeClassifier(layers.classifier, floats);

  const head = (): Float32Array => floats.slice(buffers.head / 4, buffers.head / 4 + WIDTH);

  const unitHead = (): Float32Array => {
    const vector = head();
    const square = vector.reduce((sum, x) => sum + x * x, 0);
    const length = Math.sqrt(Math.max(1e-12, square));
    return vector.map((x) => x / length);
  };

  return {
    readMessage: (input) => {
      const { ids, features } = readRouterInput(input, tokenize, limit);
      pool(ids.length > 0 ? ids : UNKNOWN, queries);
      project(layers.router);
      const vector = head();
      const logits = classify(vector, features);
      project(layers.similarity);
      return { logits, vector, tokens: ids.length, likeness: unitHead() };
    },
  };
};
