/** Anything that belongs to a tenant or, if `global`, to everyone. */
export interface OwnedAgent {
  readonly owner: string;
  readonly definition: { readonly agentId: string };
}

/** The agents that `owner` sees, by id: its own and the global ones, whose place its own of the same id take. */
export const visibleAgents = <T extends OwnedAgent>(owner: string, agents: readonly T[]): ReadonlyMap<string, T> => {
  const of = (wanted: string) => agents.filter((agent) => agent.owner === wanted);
  return new Map([...of('global'), ...of(owner)].map((agent) => [agent.definition.agentId, agent]));
};
