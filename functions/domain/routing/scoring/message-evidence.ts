import { type AgentProfile, profileGrams } from './agent-profile.ts';
import { gramOverlap } from './gram-overlap.ts';
import type { LikenessTable } from './likeness-table.ts';
import { likenessVector } from './likeness-vector.ts';
import { sharedSpread } from './shared-spread.ts';
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
}

/** What a full overlap of words adds to a log-likelihood. */
const OVERLAP_WEIGHT = 150;

interface Whitened {
  readonly vector: Float32Array;
  readonly length: number;
}

const dot = (left: Float32Array, right: Float32Array): number => {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
};

/** Compares messages with profiles. Making it takes time (docs/routing.md): it is kept as long as the profiles stay. */
export const evidenceFor = (
  profiles: readonly AgentProfile[],
  table: LikenessTable,
): ((message: ComparedMessage) => Evidence) => {
  const spread = sharedSpread(profiles);
  const overlap = gramOverlap(profiles);
  const whitened = (vector: Float32Array): Whitened => {
    const white = spread.whiten(vector);
    return { vector: white, length: Math.sqrt(dot(white, white)) };
  };
  const centres = profiles.map(({ centre }) => whitened(centre));
  return ({ text, vector }) => {
    const grams = gramsOf(text);
    const seen = whitened(likenessVector(table, vector(), grams));
    const products = Float64Array.from(centres, (centre) => dot(seen.vector, centre.vector));
    const shared = overlap(profileGrams(grams.words));
    return {
      scores: products.map(
        (x, index) => x - 0.5 * (centres[index]?.length ?? 0) ** 2 + OVERLAP_WEIGHT * (shared[index] ?? 0),
      ),
      cosines: products.map((x, index) => x / Math.max(1e-9, seen.length * (centres[index]?.length ?? 0))),
    };
  };
};
