import type { AgentDefinition, AgentRegistration } from '../../domain/contract/agent.ts';
import { Failure, type FieldError } from '../../domain/contract/failures.ts';
import { invalidFields } from '../../domain/contract/parse-input.ts';
import { UNCHECKED } from '../../domain/health/health.ts';
import { checkAgentLimit } from '../../domain/registry/agent-limit.ts';
import { referenceProblems } from '../../domain/registry/references.ts';
import { visibleAgents } from '../../domain/registry/visible-agents.ts';
import type { AgentOwner, AgentState, AgentStore, RegisteredAgent } from '../agent-ports.ts';
import { storeSignal } from '../deadlines.ts';
import { inParallel } from '../in-parallel.ts';
import type { Log, Principal } from '../ports.ts';
import { audit } from './audit.ts';
import { type CheckDefinitionDependencies, makeCheckDefinition } from './check-definition.ts';
import { forbidden, mayChange, ownerOf } from './find-agent.ts';
import { functionRefusal } from './function-refusal.ts';
import { makeReadOwned } from './read-visible.ts';

export interface RegisterAgentsDependencies extends CheckDefinitionDependencies {
  readonly agents: Pick<AgentStore, 'get' | 'ofOwner' | 'put'>;
  readonly log: Log;
}

export interface RegisterOptions {
  /** Registers unchecked: health is then `unknown`. */
  readonly skipProbe: boolean;
}

/** What a list holds: an agent, or why what was sent is none. */
export type Entry = AgentRegistration | Failure;

interface Candidate {
  readonly owner: AgentOwner;
  readonly definition: AgentDefinition;
}

interface Checked extends Candidate {
  readonly state: AgentState;
}

/** When the last write may begin. It takes at most 10 s, and API Gateway waits 29 s. */
const WRITE_WITHIN_MS = 18_000;

/** Agents written at the same time: what of them routers see goes into one change of the owner's manifest. */
const WRITES_AT_ONCE = 16;

/** Tries of one write. It loses only to others that replace or remove the same agent that has drained. */
const MAX_TRIES = 3;

const exists = (id: string): Failure =>
  new Failure(
    'AGENT_EXISTS',
    `There is an agent ${id} already: change it with PUT or PATCH, or choose another agent_id.`,
  );

const late = (): Failure =>
  new Failure('STORE_UNAVAILABLE', 'There was no time left to register this agent: send it again.', {
    retryAfterSeconds: 1,
  });

/** What an entry stands for; a Failure if the principal may not register it. */
const candidateOf = (principal: Principal, entry: Entry): Candidate | Failure => {
  if (entry instanceof Failure) return entry;
  const { visibility, ...definition } = entry;
  const owner = ownerOf(principal, visibility);
  if (!mayChange(principal, owner)) return forbidden();
  return functionRefusal(principal, definition) ?? { owner, definition };
};

const getsTurns = ({ drainingUntilMs }: RegisteredAgent): boolean => drainingUntilMs === null;

const isSame = (left: Candidate, right: Candidate): boolean =>
  left.owner === right.owner && left.definition.agentId === right.definition.agentId;

const problemsOf = ({ owner, definition }: Candidate, agents: readonly Candidate[]): readonly FieldError[] =>
  referenceProblems(definition, visibleAgents(owner, agents));

const checkReferences = (candidate: Candidate, agents: readonly Candidate[]): void => {
  const problems = problemsOf(candidate, agents);
  if (problems.length > 0) throw invalidFields(problems);
};

const settle = async <T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>> => {
  const [result] = await Promise.allSettled([work()]);
  return result;
};

/**
 * Checks entries, each by itself and all at the same time: a hundred that hang take 8 s. Those of one list may name each
 * other.
 *
 * @param onRecord agents of those owners, those that drain included
 */
const makeCheckEntries = (deps: RegisterAgentsDependencies) => {
  const checks = makeCheckDefinition(deps);
  return (
    candidates: readonly (Candidate | Failure)[],
    onRecord: readonly RegisteredAgent[],
    { skipProbe }: RegisterOptions,
  ): Promise<readonly PromiseSettledResult<Checked>[]> => {
    const present: readonly Candidate[] = onRecord.filter(getsTurns);
    const listed = candidates.flatMap((candidate) => (candidate instanceof Failure ? [] : [candidate]));
    const check = async (candidate: Candidate | Failure): Promise<Checked> => {
      if (candidate instanceof Failure) throw candidate;
      const { owner, definition } = candidate;
      checkAgentLimit(candidate, onRecord);
      await checks.reach(owner, definition);
      checkReferences(candidate, [...listed, ...present]);
      const taken = [...present, ...listed.slice(0, listed.indexOf(candidate))];
      if (taken.some((other) => isSame(other, candidate))) throw exists(definition.agentId);
      return { owner, definition, state: skipProbe ? UNCHECKED : await checks.health(owner, definition) };
    };
    return Promise.allSettled(candidates.map(check));
  };
};

/** Writes one checked agent. @throws Failure AGENT_EXISTS if somebody else was first */
const makeWriteAgent =
  ({ agents, log }: RegisterAgentsDependencies) =>
  async (principal: Principal, { owner, definition, state }: Checked): Promise<RegisteredAgent> => {
    const { agentId } = definition;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const current = await agents.get(owner, agentId, storeSignal());
      if (current !== undefined && current.drainingUntilMs === null) break;
      const version = await agents.put(owner, definition, state, current?.version ?? 0, storeSignal());
      if (version === undefined) continue;
      audit(log, principal, 'register', { owner, agentId, version });
      // The store's own time, which a record that drained keeps. 0 is in no ETag of an agent that has one.
      const { createdAtMs = 0 } = current ?? (await agents.get(owner, agentId, storeSignal())) ?? {};
      return { owner, definition, version, createdAtMs, state, drainingUntilMs: null };
    }
    throw exists(agentId);
  };

/**
 * Registers agents. Another owner's agent of the same id is no conflict; one that drains gives its place up. All
 * methods throw Failure STORE_UNAVAILABLE.
 */
export const makeRegisterAgents = (deps: RegisterAgentsDependencies) => {
  const readOwned = makeReadOwned(deps);
  const checkEntries = makeCheckEntries(deps);
  const writeAgent = makeWriteAgent(deps);

  /** An agent is written after those that it names, and not at all if one of them could not be. */
  const writeAll = async (
    principal: Principal,
    checked: readonly Checked[],
    onRecord: readonly RegisteredAgent[],
    hasTime: () => boolean,
  ): Promise<ReadonlyMap<Checked, PromiseSettledResult<RegisteredAgent>>> => {
    const results = new Map<Checked, PromiseSettledResult<RegisteredAgent>>();
    const there: Candidate[] = onRecord.filter(getsTurns);
    const counted: Candidate[] = [...onRecord];
    const write = async (agent: Checked): Promise<RegisteredAgent> => {
      checkReferences(agent, there);
      checkAgentLimit(agent, counted);
      if (!hasTime()) throw late();
      // Before it is there: others are written at the same time.
      counted.push(agent);
      const registered = await writeAgent(principal, agent);
      there.push(registered);
      return registered;
    };
    for (let waiting = checked; waiting.length > 0; waiting = waiting.filter((agent) => !results.has(agent))) {
      const ready = waiting.filter((agent) => problemsOf(agent, there).length === 0);
      // When none is ready, what the rest names is not there: trying says so.
      await inParallel(ready.length > 0 ? ready : waiting, WRITES_AT_ONCE, async (agent) =>
        results.set(agent, await settle(() => write(agent))),
      );
    }
    return results;
  };

  /** @returns how each entry fared, in their order */
  const many = async (
    principal: Principal,
    entries: readonly Entry[],
    options: RegisterOptions,
  ): Promise<readonly PromiseSettledResult<RegisteredAgent>[]> => {
    const startedMs = deps.stopwatch();
    const hasTime = () => deps.stopwatch() - startedMs < WRITE_WITHIN_MS;
    const onRecord = await readOwned([principal.tenant, 'global']);
    const candidates = entries.map((entry) => candidateOf(principal, entry));
    const results = await checkEntries(candidates, onRecord, options);
    const checked = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const written = await writeAll(principal, checked, onRecord, hasTime);
    return results.map((result) => {
      if (result.status === 'rejected') return result;
      return written.get(result.value) ?? { status: 'rejected', reason: new Error('an agent was left out') };
    });
  };

  return {
    many,

    /** @throws Failure FORBIDDEN, INVALID_REQUEST naming the fields, AGENT_EXISTS */
    one: async (
      principal: Principal,
      registration: AgentRegistration,
      options: RegisterOptions,
    ): Promise<RegisteredAgent> => {
      const [result] = await many(principal, [registration], options);
      if (result?.status !== 'fulfilled') throw result?.reason;
      return result.value;
    },
  };
};
