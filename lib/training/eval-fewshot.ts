import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadEncoder } from '../../functions/adapters/routing-model.ts';
import { makeProfile, readProfile } from '../../functions/domain/routing/scoring/agent-profile.ts';
import { readLikenessTable } from '../../functions/domain/routing/scoring/likeness-table.ts';
import { similarityTo } from '../../functions/domain/routing/scoring/message-similarity.ts';
import { type Benchmark, type Intended, readBenchmarks } from './benchmark-messages.ts';
import { chanceFrom } from './seeded-chance.ts';

const USAGE = `Usage: npm run eval:fewshot [-- FOLDER]

Registers an agent for each intent of CLINC150 and Banking77 with ten of its messages as examples, routes the test split
to the most similar agent, and prints one JSON object a benchmark: accuracy in five draws of examples, and milliseconds a
message with its encoding. FOLDER holds clinc150/data_full.json and banking77/{train,test}.csv; otherwise it is
SWITCHBOARD_BENCHMARKS, or ../shared/routing/public beside the checkout. Without one it is skipped.
`;

const MODEL = new URL('../../functions/model/', import.meta.url);
const BESIDE_CHECKOUT = fileURLToPath(new URL('../../../shared/routing/public', import.meta.url));
const SHOTS = 10;
const DRAWS = 5;

const encoder = loadEncoder(MODEL);
const embed = (text: string): Float32Array => encoder.readMessage({ text, files: [] }).likeness;
const table = readLikenessTable(readFileSync(new URL('likeness.bin', MODEL)));

/** The encoder, which need not read the same text twice. */
const remembered = (): ((text: string) => Float32Array) => {
  const known = new Map<string, Float32Array>();
  return (text) => {
    const vector = known.get(text) ?? embed(text);
    known.set(text, vector);
    return vector;
  };
};

/** `count` different messages of each intent. */
const draw = (messages: readonly Intended[], seed: number): ReadonlyMap<string, readonly string[]> => {
  const chance = chanceFrom(seed);
  const byIntent = Map.groupBy(messages, ([, intent]) => intent);
  const pick = (texts: string[]): readonly string[] =>
    Array.from({ length: SHOTS }, () => texts.splice(Math.floor(chance() * texts.length), 1)).flat();
  return new Map([...byIntent].sort().map(([intent, pairs]) => [intent, pick(pairs.map(([text]) => text))]));
};

const profilesOf = (examples: ReadonlyMap<string, readonly string[]>, encode: (text: string) => Float32Array) =>
  new Map(
    [...examples].flatMap(([intent, texts]) => {
      const profile = readProfile(makeProfile({ description: '', examples: texts }, table, encode) ?? '');
      return profile === undefined ? [] : [[intent, profile] as const];
    }),
  );

/** Share of the messages whose most similar agent is theirs. Adds the time of each to `times`, ms. */
const accuracy = (
  { train, test }: Benchmark,
  seed: number,
  encode: (text: string) => Float32Array,
  times: number[],
): number => {
  const profiles = profilesOf(draw(train, seed), encode);
  const compare = similarityTo(profiles, table);
  const isRight = ([text, intent]: Intended): boolean => {
    const startedMs = performance.now();
    const similarity = compare({ text, vector: () => encode(text) });
    let best = { agentId: '', similarity: -1 };
    for (const agentId of profiles.keys()) {
      const found = similarity(agentId) ?? 0;
      if (found > best.similarity) best = { agentId, similarity: found };
    }
    times.push(performance.now() - startedMs);
    return best.agentId === intent;
  };
  return test.filter(isRight).length / test.length;
};

const rounded = (x: number): number => Math.round(x * 10_000) / 10_000;

const percentile = (times: readonly number[], share: number): number =>
  rounded(times.toSorted((left, right) => left - right)[Math.floor(share * (times.length - 1))] ?? 0);

const evaluate = (benchmark: Benchmark) => {
  const encode = remembered();
  const times: number[][] = Array.from({ length: DRAWS }, () => []);
  const accuracies = times.map((list, seed) => accuracy(benchmark, seed + 1, encode, list));
  // Only the first draw's messages are new to the encoder.
  const [first = []] = times;
  return {
    benchmark: benchmark.name,
    agents: new Set(benchmark.train.map(([, intent]) => intent)).size,
    shots: SHOTS,
    draws: DRAWS,
    accuracy_mean: rounded(accuracies.reduce((sum, x) => sum + x, 0) / DRAWS),
    accuracy_by_draw: accuracies.map(rounded),
    ms_p50: percentile(first, 0.5),
    ms_p99: percentile(first, 0.99),
  };
};

const [argument, ...rest] = process.argv.slice(2);
if (argument === '--help' || argument === '-h') process.stdout.write(USAGE);
else if (rest.length > 0) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const folder = argument ?? process.env.SWITCHBOARD_BENCHMARKS ?? BESIDE_CHECKOUT;
  const benchmarks = readBenchmarks(folder);
  if (benchmarks.length === 0) process.stdout.write(`skipped: ${folder} holds neither clinc150 nor banking77\n`);
  for (const benchmark of benchmarks) process.stdout.write(`${JSON.stringify(evaluate(benchmark))}\n`);
}
