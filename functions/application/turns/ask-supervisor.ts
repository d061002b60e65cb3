import type { Decision, SupervisorCall } from '../../domain/contract/decision.ts';
import { selectWindow, type WindowPolicy } from '../../domain/history/window.ts';
import { allAble } from '../../domain/routing/decide.ts';
import type { RoutingInput } from '../../domain/routing/routing-input.ts';
import {
  type Consultable,
  consultable,
  isFollowed,
  mayAskSupervisor,
  type RouteChoice,
  readRoute,
  type SupervisorPolicy,
  supervisorsIn,
  withSupervisors,
} from '../../domain/routing/supervisor.ts';
import type { Turn } from '../../domain/turn/turn.ts';
import type { Chance } from '../../domain/turn/turn-id.ts';
import type { AgentCaller, CallMeter, CallResult, RoutableAgent } from '../agent-ports.ts';
import type { CircuitBreaker, Pass } from '../circuits/circuit-breaker.ts';
import { elapsedMs, storeSignal } from '../deadlines.ts';
import type { Clock, Log, Measure, PastTurn } from '../ports.ts';
import { type Asking, agentRequest } from './agent-request.ts';
import { type DecidedRoute, decideRoute, type RoutingDependencies } from './decide-route.ts';
import type { LocalCalls } from './local-calls.ts';

export interface AskSupervisorDependencies extends RoutingDependencies {
  readonly supervision: SupervisorPolicy;
  readonly caller: Pick<AgentCaller, 'call'>;
  readonly breaker: CircuitBreaker;
  readonly meter: Pick<CallMeter, 'count'>;
  readonly calls: LocalCalls;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly measure: Measure;
  readonly log: Log;
}

/** What a decision is asked for. */
export interface Unsure {
  readonly turn: Asking;
  readonly agents: readonly RoutableAgent[];
  /** Answered turns before, newest first. @default none */
  readonly answered?: readonly PastTurn[];
  /** When the answer must be there, by this instance's clock. */
  readonly deadlineAtMs: number;
}

/** A decision after whoever should be asked was. */
export interface Supervised {
  readonly decision: Decision;
  /** Decides again by the same word of the supervisor, when more agents are refused. Nobody is asked again. */
  readonly again: () => Decision;
  /** Settles when the circuit breaker has taken in what it must; never rejects. */
  readonly reported: Promise<unknown>;
}

/** A supervisor that may be called. */
type Called = Consultable & { readonly agent: RoutableAgent; readonly pass: Pass };

/** What a supervisor gets beside the turn and its candidates. */
interface Sent {
  readonly history: readonly Turn[];
  readonly intent: Decision['intent'];
  /** When it must have answered, by this instance's clock. */
  readonly untilMs: number;
}

/** Small enough that all of it is in the turns' own items: reading it costs no round trip. */
const WINDOW: WindowPolicy = { maxMessages: 10, maxBytes: 32 * 1024 };

/** Supervisors that one decision asks: the second when the first has failed early. */
const MAX_ASKED = 2;

/** Nobody is asked with less time, ms. */
const LEAST_MS = 50;

const METRIC_OF = {
  chose: 'SupervisorsChose',
  invalid: 'SupervisorsInvalid',
  timed_out: 'SupervisorsTimedOut',
  failed: 'SupervisorsFailed',
} as const satisfies Record<SupervisorCall['outcome'], string>;

/**
 * Decides, with a supervisor's help where the policy says so. One that fails, says nothing of use or takes too long leaves
 * the built-in routing's decision. Asks nobody if less than twice the time limit is left: half of it is for the agent.
 * Never throws for what supervisors do.
 */
export const makeAskSupervisor = (deps: AskSupervisorDependencies) => {
  const { breaker, clock, supervision, log } = deps;

  /** Those that may be called, one after the other, each admitted when its turn has come. */
  const consultables = (agents: readonly RoutableAgent[], input: RoutingInput, { decision }: DecidedRoute) => {
    const supervisors = supervisorsIn(input, deps.chance());
    if (supervisors.length === 0) return [];
    const able = allAble(input, deps.routingPolicy, deps.readIntent);
    return supervisors.flatMap((supervisor) => {
      const asked = consultable(supervisor, input, able, decision, deps.routingPolicy);
      const agent = agents.find(({ definition }) => definition.agentId === supervisor.definition.agentId);
      return asked === undefined || agent === undefined ? [] : [{ ...asked, agent }];
    });
  };

  const historyOf = async ({ turn, answered = [] }: Unsure): Promise<readonly Turn[] | undefined> => {
    const { window } = selectWindow(answered, true, WINDOW);
    try {
      return await Promise.all(window.map((before) => before.read(storeSignal(supervision.timeoutMs))));
    } catch (cause) {
      log.warn('no supervisor asked: the history cannot be read', { turn_id: turn.key.turnId, cause });
      return undefined;
    }
  };

  const callSafely = async (agent: RoutableAgent, request: ReturnType<typeof agentRequest>, deadlineMs: number) => {
    const end = deps.calls.begin(agent);
    const failed = (cause: unknown): CallResult => ({ kind: 'failed', reason: 'the supervisor failed', cause });
    return deps.caller.call(agent, request, AbortSignal.timeout(deadlineMs)).catch(failed).finally(end);
  };

  const call = async ({ agent, pass, candidates }: Called, unsure: Unsure, sent: Sent) => {
    const { agentId, agentType: role, timeoutSeconds } = agent.definition;
    // What is configured, and not a caller's deadline, limits it: one that needs longer is of no use to anybody.
    const timeoutMs = Math.min(timeoutSeconds * 1000, supervision.timeoutMs);
    const deadlineMs = Math.max(1, Math.min(timeoutMs, sent.untilMs - clock()));
    const attempt = { sender: 'user', role, deadlineMs, messageType: 'route_request' } as const;
    const request = { ...agentRequest(unsure.turn, sent.history, attempt), candidates: [...candidates] };
    const startedMs = deps.stopwatch();
    const result = await callSafely(agent, { ...request, intent: sent.intent }, deadlineMs);
    const tookMs = elapsedMs(deps.stopwatch, startedMs);
    deps.meter.count({ owner: agent.owner, agentId }, result.kind, tookMs);
    // A bad choice does not count against it: what a user writes could bring it about, and take the supervisor out.
    const reported = breaker.report(pass, { kind: result.kind, hadMs: deadlineMs, timeoutMs });
    return { result, tookMs, reported };
  };

  const outcomeOf = (result: CallResult, isValid: boolean): SupervisorCall['outcome'] => {
    if (result.kind === 'answered') return isValid ? 'chose' : 'invalid';
    return result.kind === 'timed_out' ? 'timed_out' : 'failed';
  };

  /** Asks one supervisor. @returns its choice, if that leads somewhere */
  const ask = async (called: Called, unsure: Unsure, sent: Sent, input: RoutingInput) => {
    const { result, tookMs, reported } = await call(called, unsure, sent);
    const choice = result.kind === 'answered' ? readRoute(result.answer, called) : undefined;
    const decision = choice && decideRoute({ ...input, named: choice.named }, deps).decision;
    const isValid = choice !== undefined && decision !== undefined && isFollowed(choice, decision);
    const outcome = outcomeOf(result, isValid);
    deps.measure('SupervisorsAsked', 1);
    deps.measure(METRIC_OF[outcome], 1);
    const { agentId } = called;
    if (outcome !== 'chose') {
      const cause = 'cause' in result ? result.cause : undefined;
      log.warn('supervisor of no use', { turn_id: unsure.turn.key.turnId, agent_id: agentId, outcome, cause });
    }
    return { call: { agentId, outcome, tookMs }, choice: isValid ? choice : undefined, reported };
  };

  /** Asks one after the other until one has chosen, the time is over, or enough were asked. */
  const askInTurn = async (unsure: Unsure, input: RoutingInput, first: DecidedRoute, untilMs: number) => {
    const calls: SupervisorCall[] = [];
    const reports: Promise<unknown>[] = [];
    let choice: RouteChoice | undefined;
    const waiting = consultables(unsure.agents, input, first);
    const history = waiting.length === 0 ? undefined : await historyOf(unsure);
    for (const one of history === undefined ? [] : waiting) {
      if (calls.length === MAX_ASKED || untilMs - clock() < LEAST_MS) break;
      const { turn } = unsure;
      const pass = await breaker.admit(one.agent, `${turn.key.turnId}:${turn.deliveryCount}:route`, untilMs);
      if (pass === undefined) continue;
      const sent = { history: history ?? [], intent: first.decision.intent, untilMs };
      const asked = await ask({ ...one, pass }, unsure, sent, input);
      calls.push(asked.call);
      reports.push(asked.reported);
      choice = asked.choice;
      if (choice !== undefined) break;
    }
    return { calls, choice, reported: Promise.all(reports) };
  };

  /** @param input `refused` may grow until `again` is called */
  return async (unsure: Unsure, input: RoutingInput): Promise<Supervised> => {
    const first = decideRoute(input, deps);
    const alone = () => decideRoute(input, deps).decision;
    const nowMs = clock();
    const hasTime = unsure.deadlineAtMs - nowMs >= 2 * supervision.timeoutMs;
    if (!hasTime || !mayAskSupervisor(first, supervision))
      return { decision: first.decision, again: alone, reported: Promise.resolve() };
    const { calls, choice, reported } = await askInTurn(unsure, input, first, nowMs + supervision.timeoutMs);
    if (calls.length === 0) return { decision: first.decision, again: alone, reported };
    const again = (): Decision => {
      const chosen = choice && decideRoute({ ...input, named: choice.named }, deps).decision;
      const decision = choice && chosen && isFollowed(choice, chosen) ? chosen : alone();
      return withSupervisors(decision, calls, choice?.reason ?? '');
    };
    return { decision: again(), again, reported };
  };
};
