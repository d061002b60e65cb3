import type { RoutableAgent } from '../agent-ports.ts';

type Callee = { readonly owner: string; readonly definition: Pick<RoutableAgent['definition'], 'agentId'> };

/** Calls that this instance has begun and not ended: what other instances do is known minutes later alone. */
export interface LocalCalls {
  /** @returns ends the call; more than once does no harm */
  begin(agent: Callee): () => void;
  inFlight(agent: Callee): number;
}

export const makeLocalCalls = (): LocalCalls => {
  const counts = new Map<string, number>();
  const nameOf = ({ owner, definition }: Callee): string => JSON.stringify([owner, definition.agentId]);
  return {
    begin: (agent) => {
      const name = nameOf(agent);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        const left = (counts.get(name) ?? 0) - 1;
        if (left > 0) counts.set(name, left);
        else counts.delete(name);
      };
    },
    inFlight: (agent) => (counts.size === 0 ? 0 : (counts.get(nameOf(agent)) ?? 0)),
  };
};
