import * as z from 'zod';
import { describeDeployed, type makeDeployAgent } from '../../application/registry/deploy-agent.ts';
import type { makeDeployBuiltInAgents } from '../../application/registry/deploy-built-in-agents.ts';
import type { makeWithdrawAgent } from '../../application/registry/withdraw-agent.ts';
import { AgentDefinition, StoredAgentDefinition } from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { DeployedOwner, FunctionAgentDefinition } from '../../domain/contract/function-agent.ts';
import { parseInput } from '../../domain/contract/parse-input.ts';
import { type CustomResource, NOTHING } from './custom-resource.ts';

export interface AgentResourcesDependencies {
  readonly deployAgent: ReturnType<typeof makeDeployAgent>;
  readonly deployBuiltInAgents: ReturnType<typeof makeDeployBuiltInAgents>;
  readonly withdrawAgent: ReturnType<typeof makeWithdrawAgent>;
}

/** CloudFormation turns numbers inside properties into strings: what is nested comes as one JSON text. */
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema as z.ZodType<z.output<T>>);

const BuiltIns = z.object({ Agents: json(z.array(AgentDefinition)) });
const AgentOfStack = z.object({ Owner: DeployedOwner, Definition: json(FunctionAgentDefinition) });

/** The same as an older deployment sent them, by the rules of its day. */
const OldBuiltIns = z.object({ Agents: json(z.array(StoredAgentDefinition)) });
const OldAgentOfStack = z.object({ Owner: DeployedOwner, Definition: json(StoredAgentDefinition) });

/** Whose agent of which id: with another of the two, it is another resource. */
const physicalIdOf = ({ Owner, Definition }: z.output<typeof OldAgentOfStack>): string =>
  `${Owner === 'global' ? 'global' : `tenant/${encodeURIComponent(Owner)}`}/${Definition.agentId}`;

/** `Custom::BuiltInAgents`: the agents that come with Switchboard. */
const makeBuiltInAgents =
  ({ deployBuiltInAgents }: AgentResourcesDependencies): CustomResource =>
  async (event, signal) => {
    const physicalResourceId = 'built-in-agents';
    // The registry is in a stack of its own and outlives this one.
    if (event.RequestType === 'Delete') return { physicalResourceId, outcome: 'left registered' };
    const { Agents } = parseInput(BuiltIns, event.ResourceProperties);
    const deployed = OldBuiltIns.safeParse(event.OldResourceProperties).data?.Agents;
    const done = await deployBuiltInAgents(Agents, deployed, signal);
    return { physicalResourceId, outcome: done.map(describeDeployed).join('; ') };
  };

/** `Custom::SwitchboardAgent`: the agent of a team's stack. */
const makeAgentOfStack = ({ deployAgent, withdrawAgent }: AgentResourcesDependencies): CustomResource => {
  const withdraw: CustomResource = async ({ ResourceProperties, PhysicalResourceId = NOTHING }, signal) => {
    const { data: agent } = OldAgentOfStack.safeParse(ResourceProperties);
    // What does not parse was never registered: its Create was refused.
    if (agent !== undefined) await withdrawAgent({ owner: agent.Owner, ...agent.Definition }, signal);
    return { physicalResourceId: PhysicalResourceId, outcome: 'deregistered' };
  };
  return async (event, signal) => {
    if (event.RequestType === 'Delete') return withdraw(event, signal);
    const agent = parseInput(AgentOfStack, event.ResourceProperties);
    const old = OldAgentOfStack.safeParse(event.OldResourceProperties).data;
    const physicalResourceId = physicalIdOf(agent);
    const deployed = old && physicalIdOf(old) === physicalResourceId ? old.Definition : undefined;
    const { Owner: owner, Definition: definition } = agent;
    const done = await deployAgent({ owner, definition, deployed, takesOver: false });
    return { physicalResourceId, outcome: describeDeployed(done) };
  };
};

/** What the registrar does with a custom resource, by its type. */
export const makeAgentResources = (deps: AgentResourcesDependencies): CustomResource => {
  const types: Readonly<Record<string, CustomResource>> = {
    'Custom::BuiltInAgents': makeBuiltInAgents(deps),
    'Custom::SwitchboardAgent': makeAgentOfStack(deps),
  };
  return (event, signal) => {
    const type = types[event.ResourceType];
    if (type === undefined)
      throw new Failure('INVALID_REQUEST', `The registrar makes no resources of type ${event.ResourceType}.`);
    return type(event, signal);
  };
};
