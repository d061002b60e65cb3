import type { Health, RoutingCard } from '../../contract/agent.ts';
import type { RoutableAgent } from '../routing-input.ts';
import { agentTerms } from './agent-terms.ts';
import { type RoutingPolicy, SIGNAL_NAMES, type SignalName } from './policy.ts';
import { mostlyWorks, type Scene } from './scene.ts';

/** Each signal as measured, in [0, 1], to three decimals; one that is 0 may be absent. */
export type Signals = Readonly<Partial<Record<SignalName, number>>>;

/** To three decimals: decisions are read by people and stored with every turn. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const HEALTH: Readonly<Record<Health, number>> = { healthy: 1, unknown: 0.5, degraded: 0, unhealthy: 0 };

/** More for who is for little else: in (2/3, 1] if any of its names is among the terms, else 0. */
const fitOf = (names: readonly string[], isNamed: (name: string) => boolean): number => {
  let fitting = 0;
  for (const name of names) if (isNamed(name)) fitting += 1;
  return fitting === 0 ? 0 : 2 / 3 + fitting / (3 * names.length);
};

const isTask = (capability: string, task: string): boolean => capability === task || capability.startsWith(`${task} `);

/** 1 within the range that an agent is for, less the further outside; in the middle for one that says nothing. */
const complexityFit = ({ complexityRange }: RoutingCard, complexity: number | null): number => {
  if (complexity === null) return 0;
  if (complexityRange === undefined) return 0.5;
  const off = Math.max(complexityRange.min - complexity, complexity - complexityRange.max);
  return off <= 0 ? 1 : Math.max(0, 0.5 - off);
};

/** 1 for the first that the user named, less for later ones. */
const preferredFit = (agentId: string, preferred: readonly string[]): number => {
  const index = preferred.indexOf(agentId);
  return index === -1 ? 0 : 1 - index / (2 * preferred.length);
};

/** A team registers an agent of its own to get what that is for, and nothing else. */
const ownFit = (owner: string, isFor: boolean): number => {
  if (owner === 'global') return 0.5;
  return isFor ? 1 : 0;
};

/**
 * The fastest candidate's duration over its own. Who was not called lately counts as the middle one of the others: it is
 * found out, and no crowd is sent to find out. A failure that comes quickly is no speed.
 */
const speedOf = (agent: RoutableAgent, { pace }: Scene): number => {
  if (!mostlyWorks(agent)) return 0;
  if (pace === null) return 1;
  return Math.min(1, pace.fastestMs / Math.max(agent.p50Ms ?? pace.typicalMs, 1));
};

/** What an instance's own calls leave free counts half; that anything is free, so that a turn need not wait, the other. */
const loadOf = ({ definition }: RoutableAgent, inFlight: number): number => {
  const used = inFlight / definition.maxConcurrentRequests;
  return used < 1 ? 1 - used / 2 : 0;
};

/**
 * What speaks for an agent.
 * @param knowsSimilarity false where it is not asked how much the message is like what the agent is for
 */
export const signalsOf = (
  agent: RoutableAgent,
  scene: Scene,
  policy: RoutingPolicy,
  knowsSimilarity: boolean,
): Readonly<Record<SignalName, number>> => {
  const { owner, definition } = agent;
  const { agentId, agentType, maxContextTokens } = definition;
  const { terms, preferences } = scene;
  const { capabilities, specializations } = agentTerms(definition);
  const specialization = fitOf(specializations, (name) => terms.has(name));
  const similarity = (knowsSimilarity ? scene.similarity(agentId) : undefined) ?? 0;
  return {
    role: scene.roleProbability(agentType),
    capability: fitOf(capabilities, (name) => isTask(name, scene.task) || terms.has(name)),
    specialization,
    similarity,
    sticky: agentId === scene.previousAgent ? 1 : 0,
    followup: agentId === scene.previousAgent ? scene.leaning : 0,
    session: scene.answered.get(agentId) ?? 0,
    topic: fitOf(specializations, (name) => scene.contextTerms.has(name)),
    expertise: fitOf(specializations, (name) => preferences.expertise.has(name)),
    preferred: preferredFit(agentId, preferences.preferredAgents),
    language: fitOf(specializations, (name) => preferences.languages.has(name)),
    complexity: complexityFit(definition, scene.complexity),
    reliability: 1 - (agent.errorRate ?? 0),
    speed: speedOf(agent, scene),
    load: loadOf(agent, scene.inFlight(agent)),
    room: maxContextTokens === undefined ? 1 : Math.min(1, maxContextTokens / Math.max(scene.tokens, 1)),
    own: ownFit(owner, specialization > 0 || similarity >= policy.claimFrom),
    health: HEALTH[agent.health],
  };
};

/** Σ weight × value, each as a decision keeps it: a replay comes to the same score. */
export const scoreOf = (signals: Signals, { weights }: Pick<RoutingPolicy, 'weights'>): number => {
  let score = 0;
  for (const name of SIGNAL_NAMES) score += weights[name] * rounded(signals[name] ?? 0);
  return rounded(score);
};

/** As a decision keeps them. */
export const storedSignals = (signals: Signals): Record<string, number> => {
  const stored: Record<string, number> = {};
  for (const name of SIGNAL_NAMES) {
    const value = rounded(signals[name] ?? 0);
    if (value !== 0) stored[name] = value;
  }
  return stored;
};
