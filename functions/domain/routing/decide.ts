import type { Candidate, Decision } from '../contract/decision.ts';
import type { IntentReading, ReadIntent } from './intent/intent-reading.ts';
import type { RoutingInput } from './routing-input.ts';
import { ANSWERING_ROLES, gateAgainst } from './scoring/gates.ts';
import { type Ground, type Grounds, groundOf } from './scoring/ground.ts';
import type { RoutingPolicy } from './scoring/policy.ts';
import { chooseAmong, foremost, type Judged } from './scoring/rank.ts';
import { type Scene, sceneOf } from './scoring/scene.ts';
import { rounded, scoreOf, signalsOf, storedSignals } from './scoring/signals.ts';

/** A decision before its duration is known: the domain has no clock. */
export type UntimedDecision = Omit<Decision, 'tookMs'>;

export interface Decided {
  readonly decision: UntimedDecision;
  /** Whether a supervisor should be asked: nobody named an agent, no rule hit, and the model is not sure of the role. */
  readonly unsure: boolean;
}

/** Candidates beyond these are left out of a decision: it is stored with its turn. */
export const MAX_CANDIDATES = 10;

/** Asks once for each agent: it takes a moment. */
const remembered = (similarity: RoutingInput['similarity']): Scene['similarity'] => {
  if (similarity === undefined) return () => undefined;
  const known = new Map<string, number | undefined>();
  return (agentId) => {
    if (!known.has(agentId)) known.set(agentId, similarity(agentId));
    return known.get(agentId);
  };
};

/** What a pin allows depends on the message alone: a later try has another history and must be judged alike. */
const previousRole = ({ pinnedAgent, previousAgents, agents }: RoutingInput): string | undefined =>
  pinnedAgent === undefined
    ? agents.find(({ definition }) => definition.agentId === previousAgents?.[0])?.definition.agentType
    : undefined;

const intentOf = ({
  role,
  taskType,
  complexity,
  domains,
  steps,
  probabilities,
}: IntentReading): Decision['intent'] => ({
  role,
  taskType,
  complexity: complexity === null ? null : rounded(complexity),
  domains: [...domains],
  ...(steps === undefined ? {} : { steps: [...steps] }),
  probabilities: Object.fromEntries([...probabilities].map(([name, probability]) => [name, rounded(probability)])),
});

const asCandidate = ({ agent, signals, score, rejected }: Judged): Candidate => ({
  agentId: agent.definition.agentId,
  role: agent.definition.agentType,
  score,
  signals: storedSignals(signals),
  ...(rejected === undefined ? {} : { rejected }),
});

/** @param out why the agent that a rule names may not answer */
const reasonsOf = ({ first, reasons }: Ground, out: Candidate['rejected'], equals: number): string[] => [
  ...reasons,
  ...(out === undefined ? [] : [`${first} is out: ${out}`]),
  ...(equals > 1 ? [`one of ${equals} equal agents`] : []),
];

/** Holds every agent against the gates, then measures those that may answer; the others if there is room to show them. */
const judge = (grounds: Grounds, ground: Ground) => {
  const { input, reading, policy, similarity } = grounds;
  // Nobody is there for what is out of scope.
  const agents = ground.role === 'none' && ground.only === undefined ? [] : input.agents;
  const gated = agents.map((agent) => ({ agent, rejected: gateAgainst(agent, input, ground) }));
  const known = (role: string) => reading.probabilities.get(role);
  const roleProbability = (role: string) => known(role) ?? (ground.roles.has(role) ? ground.confidence : 0);
  const open = gated.filter(({ rejected }) => rejected === undefined);
  const scene = sceneOf(
    input,
    reading,
    { roleProbability, similarity },
    open.map(({ agent }) => agent),
  );
  const measured = ({ agent, rejected }: Pick<Judged, 'agent' | 'rejected'>): Judged => {
    const knowsSimilarity = rejected === undefined || known(agent.definition.agentType) === undefined;
    const signals = signalsOf(agent, scene, policy, knowsSimilarity);
    return { agent, signals, score: scoreOf(signals, policy), rejected };
  };
  const isFull = open.length >= MAX_CANDIDATES;
  const shut = isFull ? [] : gated.filter(({ rejected }) => rejected !== undefined).map(measured);
  const first = gated.find(({ agent }) => agent.definition.agentId === ground.first);
  return { able: open.map(measured), shut, scene, first };
};

const groundsOf = (input: RoutingInput, policy: RoutingPolicy, readIntent: ReadIntent): Grounds => {
  const { message, attachments, roles = ANSWERING_ROLES } = input;
  const reading = readIntent({ message, attachments, previousRole: previousRole(input) });
  return { input, reading, policy, answering: roles, similarity: remembered(input.similarity) };
};

/** Every agent that no gate takes out, whatever its role, as measured: among whom a supervisor may choose. */
export const allAble = (input: RoutingInput, policy: RoutingPolicy, readIntent: ReadIntent): readonly Judged[] => {
  const grounds = groundsOf(input, policy, readIntent);
  // Not `none`, for which nobody is there; nothing is known of roles that the model does not know.
  const anyRole = { tier: 'supervisor', role: 'any', confidence: 0, reasons: [], unsure: true } as const;
  return judge(grounds, { ...anyRole, roles: grounds.answering }).able;
};

/**
 * Chooses the agent that should answer. Gates (pin, role, capability, pause, health, circuit) are never overridden by a
 * score. `targetAgent` is null when the message is out of scope (`role: "none"`) or every agent is rejected. The same
 * input gives the same decision, in whatever order the agents are.
 */
export const decide = (input: RoutingInput, policy: RoutingPolicy, readIntent: ReadIntent): Decided => {
  const { chance = 0 } = input;
  const grounds = groundsOf(input, policy, readIntent);
  const { reading } = grounds;
  const ground = groundOf(grounds);
  const { able, shut, scene, first } = judge(grounds, ground);

  const named = able.find(({ agent }) => agent === first?.agent);
  const { chosen, equals } =
    named === undefined ? chooseAmong(able, scene, policy, chance) : { chosen: named, equals: 1 };
  const others = [...able.filter((one) => one !== chosen), ...shut];
  const listed = chosen === undefined ? [] : [chosen];
  return {
    decision: {
      targetAgent: chosen?.agent.definition.agentId ?? null,
      role: chosen?.agent.definition.agentType ?? ground.role,
      confidence: rounded(ground.confidence),
      tier: ground.tier,
      reasons: reasonsOf(ground, first?.rejected, equals),
      candidates: [...listed, ...foremost(others, MAX_CANDIDATES - listed.length)].map(asCandidate),
      intent: intentOf(reading),
      policyVersion: policy.version,
      modelVersion: reading.model,
    },
    unsure: ground.unsure,
  };
};
