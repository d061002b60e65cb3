import type { DeregisterReply, RoutingCard } from '../contract/agent.ts';
import type { FieldError } from '../contract/failures.ts';
import { ROLES, type Role } from '../contract/roles.ts';

/** Agents that a reference may name, by id. */
export type Nameable = ReadonlyMap<string, { readonly definition: RoutingCard }>;

const mayStandIn = (standIn: Role, role: Role): boolean =>
  standIn === role || (ROLES[role]?.fallbackRoles.includes(standIn) ?? false);

/** The shortest way from `start` to `target` along backups. */
const wayAlongBackups = (start: string, target: string, agents: Nameable): readonly string[] | undefined => {
  const seen = new Set([start]);
  const ways = [[start]];
  // Grows while it is walked: breadth first.
  for (const way of ways) {
    const last = way.at(-1) ?? start;
    if (last === target) return way;
    for (const next of agents.get(last)?.definition.backupAgents ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
};

const backupProblem = (agent: RoutingCard, index: number, agents: Nameable): string | undefined => {
  const id = agent.backupAgents[index] ?? '';
  if (id === agent.agentId) return 'an agent is no backup of itself';
  if (agent.backupAgents.indexOf(id as typeof agent.agentId) < index) return `${id} is named twice`;
  const backup = agents.get(id)?.definition;
  if (backup === undefined) return `there is no agent ${id}`;
  if (!mayStandIn(backup.agentType, agent.agentType))
    return `${id} is of role ${backup.agentType} and may not answer in place of role ${agent.agentType}`;
  const circle = wayAlongBackups(id, agent.agentId, agents);
  return circle === undefined ? undefined : `backups form a circle: ${[agent.agentId, ...circle].join(' → ')}`;
};

const isRole = (name: string): boolean => Object.hasOwn(ROLES, name);

const subAgentProblem = (agent: RoutingCard, name: string, agents: Nameable): string | undefined => {
  if (name === 'supervisor') return 'a supervisor does not choose among supervisors';
  if (isRole(name)) return undefined;
  if (name === agent.agentId) return 'a supervisor does not choose itself';
  const subAgent = agents.get(name)?.definition;
  if (subAgent === undefined) return `there is no agent and no role ${name}`;
  return subAgent.agentType === 'supervisor' ? `${name} is a supervisor itself` : undefined;
};

/** What is wrong with the agents that `agent` names; `agents` are those that its owner sees, with or without itself. */
export const referenceProblems = (agent: RoutingCard, agents: Nameable): readonly FieldError[] => {
  const named = (field: string, index: number, message: string | undefined): readonly FieldError[] =>
    message === undefined ? [] : [{ path: `${field}.${index}`, message }];
  return [
    ...agent.backupAgents.flatMap((_, index) => named('backup_agents', index, backupProblem(agent, index, agents))),
    ...(agent.subAgents ?? []).flatMap((name, index) =>
      named('sub_agents', index, subAgentProblem(agent, name, agents)),
    ),
  ];
};

/** Which of these agents name the agent `agentId`, and where. */
export const referencesTo = (agentId: string, agents: Nameable): DeregisterReply['references'] =>
  [...agents.values()].flatMap(({ definition: agent }) => [
    ...(agent.backupAgents.some((id) => id === agentId)
      ? [{ agentId: agent.agentId as string, field: 'backup_agents' as const }]
      : []),
    ...(!isRole(agentId) && agent.subAgents?.includes(agentId)
      ? [{ agentId: agent.agentId as string, field: 'sub_agents' as const }]
      : []),
  ]);

/** Why `agent` may not have its role: others name it where an agent of that role must not stand. */
export const roleProblems = (agent: RoutingCard, agents: Nameable): readonly FieldError[] =>
  referencesTo(agent.agentId, agents).flatMap(({ agentId, field }) => {
    const other = agents.get(agentId)?.definition;
    if (other === undefined) return [];
    const fits =
      field === 'backup_agents' ? mayStandIn(agent.agentType, other.agentType) : agent.agentType !== 'supervisor';
    return fits ? [] : [{ path: 'agent_type', message: `${agentId} of role ${other.agentType} names it in ${field}` }];
  });
