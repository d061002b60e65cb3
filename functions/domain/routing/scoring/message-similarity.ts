import { type AgentProfile, profileVersion } from './agent-profile.ts';
import type { LikenessTable } from './likeness-table.ts';
import { type ComparedMessage, evidenceFor } from './message-evidence.ts';

/** Evidence that one unit of log-odds takes: likelihoods over many places are overconfident. */
const TEMPERATURE = 15.4;

/**
 * Logit that a message is for the likeliest agent rather than for none, from its cosine with it and their overlap. Fitted
 * with the temperature on messages for 2 to 77 agents with 2 to 10 examples, each for one purpose or for a whole field, and
 * on as many for none of them: docs/routing.md.
 */
const FIT = { constant: -5.6, cosine: 11.4, overlap: 4.5 };

/** How much the message is like what an agent is for, in [0, 1]; undefined for an agent without a profile. */
export type Similarity = (agentId: string) => number | undefined;

const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit));

/**
 * Compares messages with agents' profiles, by agent id. The similarity is calibrated: about that share of the messages
 * is for the agent; all agents' together are at most 1. Profiles of another version are passed over.
 * Making it takes time (docs/routing.md): keep it as long as the profiles stay the same.
 */
export const similarityTo = (
  profiles: ReadonlyMap<string, AgentProfile>,
  table: LikenessTable,
): ((message: ComparedMessage) => Similarity) => {
  const expected = profileVersion(table);
  const known = [...profiles].filter(([, { version }]) => version === expected);
  const places = new Map(known.map(([agentId], place) => [agentId, place]));
  if (known.length === 0) return () => () => undefined;
  const compare = evidenceFor(
    known.map(([, profile]) => profile),
    table,
  );
  const similarities = (message: ComparedMessage): Float64Array => {
    const { scores, cosines, overlaps } = compare(message);
    const best = scores.indexOf(scores.reduce((most, score) => Math.max(most, score)));
    const likelihoods = scores.map((score) => Math.exp((score - (scores[best] ?? 0)) / TEMPERATURE));
    const total = likelihoods.reduce((sum, x) => sum + x, 0);
    const fit = logistic(FIT.constant + FIT.cosine * (cosines[best] ?? 0) + FIT.overlap * (overlaps[best] ?? 0));
    return likelihoods.map((x) => (fit * x) / total);
  };
  return (message) => {
    let found: Float64Array | undefined;
    return (agentId) => {
      const place = places.get(agentId);
      if (place === undefined) return undefined;
      found ??= similarities(message);
      return found[place];
    };
  };
};
