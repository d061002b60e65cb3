import { type AgentProfile, profileGrams } from './agent-profile.ts';
import { gramOverlap } from './gram-overlap.ts';
import type { LikenessTable } from './likeness-table.ts';
import { HALF, likenessVector } from './likeness-vector.ts';
import { sharedSpread } from './shared-spread.ts';
import { signedSum, signedSums } from './signed-sums.ts';
import { gramsOf } from './text-grams.ts';

/** A message as it is compared with agents. */
export interface ComparedMessage {
  readonly text: string;
  /** The encoder's vector of the text: asked for once, when a profile is compared with it. */
  readonly vector: () => Float32Array;
}

/** How much speaks for each profile, in their order, before it is calibrated. */
export interface Evidence {
  /** Log-likelihood of the message as one of the agent's, less that as any message, and what the words add. */
  readonly scores: Float64Array;
  /** Cosine of message and agent where all that varies within an agent counts little; in [-1, 1]. */
  readonly cosines: Float64Array;
  /** How much of what message and agent say is the same, rare words counting most; in [0, 1]. */
  readonly overlaps: Float64Array;
}

/** What a full overlap of words adds to a log-likelihood among very many agents: few can't tell which words are rare. */
const OVERLAP_WEIGHT = 120;
/** Agents among whom it is half of that. */
const FEW_AGENTS = 10;

/** How far from its agent's centre an example is taken to be: its signs are known, its places' sizes are not. */
const REACH = 0.5;

/** Log-likelihood by which a nearer example counts e times as much. */
const SOFTNESS = 8;

const dot = (left: Float32Array, right: Float32Array): number => {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
};

/** Logarithm of the mean of some exponentials, in units of SOFTNESS; 0 of none. */
const softMean = (count: number, at: (index: number) => number): number => {
  if (count === 0) return 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index += 1) most = Math.max(most, at(index));
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += Math.exp((at(index) - most) / SOFTNESS);
  return most + SOFTNESS * Math.log(sum / count);
};

/** Compares messages with profiles. Making it takes time (docs/routing.md): it is kept as long as the profiles stay. */
export const evidenceFor = (
  profiles: readonly AgentProfile[],
  table: LikenessTable,
): ((message: ComparedMessage) => Evidence) => {
  const { weigh, deviations: sizes } = sharedSpread(profiles);
  const overlap = gramOverlap(profiles);
  const overlapWeight = (OVERLAP_WEIGHT * profiles.length) / (profiles.length + FEW_AGENTS);
  /** For its products with deviations of which only the signs are known. */
  const alongDeviations = (weighed: Float32Array): Float32Array =>
    weighed.map((x, place) => x * REACH * (place < HALF ? sizes[0] : sizes[1]));
  const agents = profiles.map(({ centre, deviations }) => {
    const weighed = weigh(centre);
    const along = alongDeviations(weighed);
    return {
      centre,
      deviations,
      square: dot(weighed, centre),
      own: deviations.map((signs) => signedSum(along, signs)),
    };
  });
  return ({ text, vector }) => {
    const grams = gramsOf(text);
    const seen = likenessVector(table, vector(), grams);
    const weighed = weigh(seen);
    const along = signedSums(alongDeviations(weighed));
    const length = Math.sqrt(dot(seen, weighed));
    const overlaps = overlap(profileGrams(grams));
    const products = Float64Array.from(agents, ({ centre }) => dot(weighed, centre));
    const nearness = agents.map(({ deviations, own }) => {
      const towards = deviations.map((deviation, index) => along(deviation) - (own[index] ?? 0));
      return softMean(towards.length, (index) => towards[index] ?? 0);
    });
    return {
      overlaps,
      scores: products.map(
        (x, index) =>
          x - 0.5 * (agents[index]?.square ?? 0) + (nearness[index] ?? 0) + overlapWeight * (overlaps[index] ?? 0),
      ),
      cosines: products.map((x, index) => x / Math.max(1e-9, length * Math.sqrt(agents[index]?.square ?? 0))),
    };
  };
};
