import * as z from 'zod';
import { parseInput } from '../../contract/parse-input.ts';
import { wire } from '../../contract/wire.ts';

const weight = z.number().min(0).max(10);
const ratio = z.number().min(0).max(1);

/** What a signal at its full value adds to an agent's score. What each one measures: docs/routing.md. */
const WEIGHTS = {
  role: weight,
  capability: weight,
  specialization: weight,
  similarity: weight,
  sticky: weight,
  followup: weight,
  session: weight,
  topic: weight,
  expertise: weight,
  preferred: weight,
  language: weight,
  complexity: weight,
  reliability: weight,
  speed: weight,
  load: weight,
  room: weight,
  own: weight,
  health: weight,
};

export type SignalName = keyof typeof WEIGHTS;
export const SIGNAL_NAMES = Object.keys(WEIGHTS) as readonly SignalName[];

/** Everything that decisions are tuned by: one object, as JSON in a file or in the code. */
export const RoutingPolicy = wire({
  /** Stored with every decision: change it with any other field. */
  version: z.string().regex(/^[A-Za-z0-9._+-]{1,64}$/, 'must be 1–64 of A-Z a-z 0-9 . _ + -'),
  weights: z.strictObject(WEIGHTS),
  /** Similarity from which an agent claims a message for its role, if that is one that the model does not know. */
  claim_from: ratio,
  /** Probability below which the model's role is unsure: a supervisor is asked, if there is one. */
  unsure_below: ratio,
  /** The same for its lead on the next role. */
  unsure_margin: ratio,
  /** Probability from which a message that asks for another role is refused to a pinned agent, … */
  refuse_pin_from: ratio,
  /** … if that of the pinned agent's role is below this. */
  refuse_pin_below: ratio,
  /** Candidates whose score is at most this far behind the best are its equals: they share its messages. */
  equal_within: z.number().min(0).max(10),
}).meta({ id: 'RoutingPolicy' });
export type RoutingPolicy = z.output<typeof RoutingPolicy>;

/**
 * What ships with Switchboard. How the weights go together: a specialist, or an agent whose examples a message resembles,
 * goes before everything that only says how well an agent does; health before the conversation's last agent; what is
 * known of performance and load moves traffic between agents that are equal otherwise.
 */
export const ROUTING_POLICY: RoutingPolicy = {
  version: 'scores-2',
  weights: {
    role: 0.4,
    capability: 0.1,
    specialization: 0.3,
    similarity: 0.3,
    sticky: 0.1,
    followup: 0.1,
    session: 0.1,
    topic: 0.1,
    expertise: 0.05,
    preferred: 0.15,
    language: 0.05,
    complexity: 0.1,
    reliability: 0.15,
    // Eleven times as slow ends equality; less moves shares alone, so that the fastest are not run over.
    speed: 0.022,
    // One call more of five may not end equality, two must; and who is full loses a conversation's longer messages.
    load: 0.16,
    room: 0.1,
    own: 0.1,
    health: 0.2,
  },
  // Measured: docs/routing.md, "Agents by example".
  claimFrom: 0.2,
  unsureBelow: 0.55,
  unsureMargin: 0.15,
  // Refuses 0.3–0.7 % of the right pins and a sixth of the wrong ones; from 0.98 it is 2–3 % and a third.
  refusePinFrom: 0.99,
  refusePinBelow: 0.03,
  equalWithin: 0.02,
};

/** A policy from its JSON form. @throws Failure INVALID_REQUEST that names each wrong field */
export const parsePolicy = (json: unknown): RoutingPolicy => parseInput(RoutingPolicy, json);
