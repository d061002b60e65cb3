import type { AgentProfile } from './agent-profile.ts';
import type { LikenessTable } from './likeness-table.ts';
import { type ComparedMessage, evidenceFor } from './message-evidence.ts';

/** Log-likelihood that one step of the natural logarithm of odds takes: likelihoods of many places are overconfident. */
const TEMPERATURE = 12;

/** Logit that a message is for the likeliest agent at all: from its cosine, and how likely it is among the agents. */
const FIT = { constant: -2, cosine: 8 };

/** How much the message is like what an agent is for, in [0, 1]; undefined for an agent without a profile. */
export type Similarity = (agentId: string) => number | undefined;

const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit));

/**
 * Compares messages with agents' profiles, by agent id. The similarity is calibrated: about that share of the messages
 * is for the agent; all agents' together are at most 1. Profiles that were made with another table are passed over.
 * Making it takes time (docs/routing.md): keep it as long as the profiles stay the same.
 */
export const similarityTo = (
  profiles: ReadonlyMap<string, AgentProfile>,
  table: LikenessTable,
): ((message: ComparedMessage) => Similarity) => {
  const known = [...profiles].filter(([, { version }]) => version === table.version);
  const places = new Map(known.map(([agentId], place) => [agentId, place]));
  if (known.length === 0) return () => () => undefined;
  const compare = evidenceFor(
    known.map(([, profile]) => profile),
    table,
  );
  const similarities = (message: ComparedMessage): Float64Array => {
    const { scores, cosines } = compare(message);
    const best = scores.indexOf(scores.reduce((most, score) => Math.max(most, score)));
    const likelihoods = scores.map((score) => Math.exp((score - (scores[best] ?? 0)) / TEMPERATURE));
    const total = likelihoods.reduce((sum, x) => sum + x, 0);
    const fit = logistic(FIT.constant + FIT.cosine * (cosines[best] ?? 0));
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
