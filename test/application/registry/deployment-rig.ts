import type { RegisteredAgent } from '../../../functions/application/agent-ports.ts';
import { makeProbeAgent } from '../../../functions/application/health/probe-agent.ts';
import type { Log } from '../../../functions/application/ports.ts';
import { makeDeployAgent } from '../../../functions/application/registry/deploy-agent.ts';
import { makeDeployBuiltInAgents } from '../../../functions/application/registry/deploy-built-in-agents.ts';
import { makeWithdrawAgent } from '../../../functions/application/registry/withdraw-agent.ts';
import { makeMemoryAgentCaller, type ProbeBehaviour } from '../../twins/agent-caller.ts';
import { makeMemoryAgentStore } from '../../twins/agent-store.ts';
import { agentDefinition, NOON_MS, patience, registeredAgent } from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';

type Changes = Readonly<Record<string, unknown>>;
export const agent = (changes: Changes = {}, id = 'writer') => agentDefinition(id, 'documentation', changes);

/** A registry and what deployments do with it; waiting moves the clock. */
export const rig = (present: readonly RegisteredAgent[] = [], probe: ProbeBehaviour = 'healthy') => {
  let nowMs = NOON_MS;
  let whileWaiting = async (): Promise<unknown> => undefined;
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
  const clock = () => nowMs;
  const agents = makeMemoryAgentStore(present, clock);
  const caller = makeMemoryAgentCaller({ probe: () => probe });
  const deps = {
    agents,
    clock,
    log,
    probe: makeProbeAgent({ caller, clock, stopwatch: clock }),
    wait: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      await whileWaiting();
      nowMs += ms;
    },
  };
  const deployAgent = makeDeployAgent(deps);
  const withdrawAgent = makeWithdrawAgent(deps);
  return {
    agents,
    warnings,
    /** Does this before the next write of a definition. */
    beforePut: (act: () => Promise<unknown>) => {
      const { put } = agents;
      agents.put = async (...write) => {
        agents.put = put;
        await act();
        return put(...write);
      };
    },
    duringWait: (act: () => Promise<unknown>) => {
      whileWaiting = act;
    },
    passedMs: () => nowMs - NOON_MS,
    get: (id = 'writer') => agents.get('global', id, patience()),
    deploy: (next: Changes, deployed?: Changes, takesOver = false) =>
      deployAgent({ owner: 'global', definition: agent(next), deployed: deployed && agent(deployed), takesOver }),
    withdraw: (signal = patience()) =>
      withdrawAgent({ owner: 'global', agentId: 'writer', endpointUrl: agent().endpointUrl }, signal),
    deployBuiltIns: makeDeployBuiltInAgents({ deployAgent, withdrawAgent }),
  };
};

export const ELSEWHERE = { endpoint_url: 'https://agents.example.com/writer' };
export const draining = (changes: Changes = {}) =>
  registeredAgent(agent(changes), { version: 4, drainingUntilMs: NOON_MS + 1_000 });
