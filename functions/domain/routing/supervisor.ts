import type { AgentAnswer, RouteCandidate } from '../contract/agent-protocol.ts';
import type { SupervisorCall } from '../contract/decision.ts';
import type { Decided, UntimedDecision } from './decide.ts';
import type { Named, RoutableAgent, RoutingInput } from './routing-input.ts';
import type { RoutingPolicy } from './scoring/policy.ts';
import { foremost, type Judged } from './scoring/rank.ts';
import { rounded, storedSignals } from './scoring/signals.ts';

export interface SupervisorPolicy {
  /** `always`: also where the built-in routing is sure. A pin, a handoff and a rule go before a supervisor in both. */
  readonly mode: 'when_unsure' | 'always';
  /** For all supervisors of one decision together, ms. */
  readonly timeoutMs: number;
}

export const SUPERVISOR_POLICY: SupervisorPolicy = { mode: 'when_unsure', timeoutMs: 1_500 };

/** A supervisor, and whom it may choose. */
export interface Consultable {
  readonly agentId: string;
  /** The best ones, the best first. It may name others, too. */
  readonly candidates: readonly RouteCandidate[];
  /** Ids of its sub-agents; undefined: all agents are. */
  readonly among: ReadonlySet<string> | undefined;
}

/** What a supervisor said. */
export interface RouteChoice {
  readonly named: Named;
  /** One line; empty if it gave none. */
  readonly reason: string;
}

/** Candidates that a supervisor is shown. */
const MAX_CANDIDATES = 10;
/** Signals that are told in words. */
const MAX_SIGNALS = 3;
const MAX_REASON_CHARACTERS = 500;

/** Whether a decision is one that a supervisor may make: nobody said whom the message is for, and no rule did. */
export const mayAskSupervisor = (
  { decision, unsure }: { readonly decision: Pick<UntimedDecision, 'tier'>; readonly unsure: Decided['unsure'] },
  { mode }: Pick<SupervisorPolicy, 'mode'>,
): boolean => (decision.tier === 'model' || decision.tier === 'fallback') && (mode === 'always' || unsure);

const HEALTH_ORDER = { healthy: 0, unknown: 1, degraded: 2, unhealthy: 3 } as const;

/**
 * Supervisors that may be called: the healthier first, of those the tenant's own, of those each as often as the others.
 * @param chance in [0, 1)
 */
export const supervisorsIn = (
  { agents, refused, paused }: Pick<RoutingInput, 'agents' | 'refused' | 'paused'>,
  chance: number,
): readonly RoutableAgent[] => {
  const able = agents.filter(
    ({ definition: { agentId, agentType }, health }) =>
      agentType === 'supervisor' && health !== 'unhealthy' && !refused?.has(agentId) && !paused?.has(agentId),
  );
  able.sort((left, right) => (left.definition.agentId < right.definition.agentId ? -1 : 1));
  const start = Math.floor(chance * able.length);
  return [...able.slice(start), ...able.slice(0, start)].sort(
    (left, right) =>
      HEALTH_ORDER[left.health] - HEALTH_ORDER[right.health] ||
      Number(left.owner === 'global') - Number(right.owner === 'global'),
  );
};

/** The best candidates, and of each role the best one: it may be the role that the built-in routing gets wrong. */
const shortlist = (able: readonly Judged[]): readonly Judged[] => {
  const ofRole = Map.groupBy(able, ({ agent }) => agent.definition.agentType);
  const best = foremost(
    [...ofRole.values()].flatMap((agents) => foremost(agents, 1)),
    MAX_CANDIDATES,
  );
  const others = able.filter((one) => !best.includes(one));
  return foremost([...best, ...foremost(others, MAX_CANDIDATES - best.length)], MAX_CANDIDATES);
};

const strongestSignals = ({ signals }: Judged, { weights }: Pick<RoutingPolicy, 'weights'>): readonly string[] =>
  Object.entries(weights)
    .map(([name, weight]) => ({ name, adds: rounded(weight * (signals[name as keyof typeof weights] ?? 0)) }))
    .filter(({ adds }) => adds > 0)
    .sort((left, right) => right.adds - left.adds)
    .slice(0, MAX_SIGNALS)
    .map(({ name, adds }) => `${name} adds ${adds} to its score`);

const asCandidate = (judged: Judged, decision: UntimedDecision, policy: RoutingPolicy): RouteCandidate => {
  const { agentId, agentType, capabilities, specializations } = judged.agent.definition;
  const isOurs = agentId === decision.targetAgent;
  return {
    ...{ agentId, role: agentType, capabilities, specializations },
    score: judged.score,
    signals: storedSignals(judged.signals),
    reasons: [
      ...(isOurs ? ['the built-in routing would choose it', ...decision.reasons] : []),
      ...strongestSignals(judged, policy),
    ],
  };
};

/**
 * What a supervisor is asked; undefined if it could change nothing: nobody that it may choose is another than whom the
 * built-in routing chose.
 *
 * @param able all agents that no gate takes out; `decision`: the built-in routing's
 */
export const consultable = (
  { definition: { agentId, subAgents } }: RoutableAgent,
  { agents }: Pick<RoutingInput, 'agents'>,
  able: readonly Judged[],
  decision: UntimedDecision,
  policy: RoutingPolicy,
): Consultable | undefined => {
  const names = subAgents === undefined ? undefined : new Set(subAgents);
  const isSubAgent = ({ definition }: RoutableAgent): boolean =>
    names === undefined || names.has(definition.agentId) || names.has(definition.agentType);
  const eligible = able.filter(({ agent }) => isSubAgent(agent));
  if (eligible.every(({ agent }) => agent.definition.agentId === decision.targetAgent)) return undefined;
  return {
    agentId,
    candidates: shortlist(eligible).map((judged) => asCandidate(judged, decision, policy)),
    among:
      names === undefined
        ? undefined
        : new Set(agents.filter(isSubAgent).map(({ definition }) => definition.agentId as string)),
  };
};

/** One line of what a supervisor says, bounded: it is shown and stored, and nothing else. */
const asReason = (text: string): string =>
  [
    ...text
      .slice(0, 2 * MAX_REASON_CHARACTERS)
      .replace(/[\p{C}\s]+/gu, ' ')
      .trim(),
  ]
    .slice(0, MAX_REASON_CHARACTERS)
    .join('');

/**
 * Reads a supervisor's choice from its answer: `route`, or a `handoff`. Undefined if there is none. Whether whom it names
 * may answer is for `decide` to say.
 */
export const readRoute = (
  { route, handoff }: Pick<AgentAnswer, 'route' | 'handoff'>,
  { among }: Pick<Consultable, 'among'>,
): RouteChoice | undefined => {
  const agentId = route === undefined ? handoff?.agentId : route.agentId;
  const role = route === undefined ? handoff?.agentType : route.role;
  if (agentId === undefined && role === undefined) return undefined;
  const named: Named = {
    by: 'supervisor',
    ...(agentId === undefined ? { role } : { agentId }),
    among,
  };
  return { named, reason: asReason((route ?? handoff)?.reason ?? '') };
};

/** Whether a decision made by a supervisor's choice stands: it leads to somebody, or says that the message is for none. */
export const isFollowed = ({ named }: RouteChoice, { targetAgent }: Pick<UntimedDecision, 'targetAgent'>): boolean =>
  targetAgent !== null || named.role === 'none';

const SAID: Readonly<Record<Exclude<SupervisorCall['outcome'], 'chose'>, string>> = {
  invalid: 'named nobody who may answer',
  timed_out: 'did not answer in time',
  failed: 'failed',
};

/** The decision with what became of the supervisors that were asked. @param reason of the one whose choice it is */
export const withSupervisors = <D extends UntimedDecision>(
  decision: D,
  calls: readonly SupervisorCall[],
  reason: string,
): D => {
  if (calls.length === 0) return decision;
  const said = calls.flatMap(({ agentId, outcome }) => {
    if (outcome !== 'chose') return [`supervisor ${agentId} ${SAID[outcome]}`];
    if (decision.tier !== 'supervisor') return [`supervisor ${agentId} chose somebody who is out by now`];
    return reason === '' ? [] : [`supervisor ${agentId}: ${reason}`];
  });
  return { ...decision, reasons: [...decision.reasons, ...said], supervisors: [...calls] };
};
