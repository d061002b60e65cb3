import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { makeProfileMaker } from '../../../functions/adapters/profile-maker.ts';
import { loadRoutingModel } from '../../../functions/adapters/routing-model.ts';
import { StoredRoutingCard } from '../../../functions/domain/contract/agent.ts';
import { decide } from '../../../functions/domain/routing/decide.ts';
import type { RoutableAgent } from '../../../functions/domain/routing/routing-input.ts';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { builtInDefinitions } from '../../../lib/built-in-agents.ts';
import { readMessages, subjectOf } from '../../../lib/training/message.ts';

const MODEL = new URL('../../../functions/model/', import.meta.url);

const OwnAgents = z.array(
  z.object({
    agent_id: z.string(),
    description: z.string(),
    examples: z.array(z.string()),
    messages: z.array(z.string()),
  }),
);

/** What became of the messages, as shares in [0, 1]. */
export interface Claims {
  /** Of the messages for agents of roles of their own: that reached theirs. */
  readonly right: number;
  /** That another agent of a role of its own got. */
  readonly wrong: number;
  /** Of the messages for the five roles: that an agent of a role of its own got. */
  readonly stolen: number;
}

const card = (agentId: string, role: string) =>
  z.decode(StoredRoutingCard, {
    agent_id: agentId,
    agent_type: role,
    capabilities: [],
    specializations: [],
    endpoint_url: 'https://example.com/',
  } as z.input<typeof StoredRoutingCard>);

const agentOf = (agentId: string, role: string): RoutableAgent => ({
  owner: 'acme',
  definition: card(agentId, role),
  health: 'healthy',
  p50Ms: null,
  errorRate: null,
});

/**
 * Registers the agents of own-agents.json beside the five that come with Switchboard, and decides their messages and
 * developers' ones, none of which anything was fitted on.
 */
export const makeJudgeClaims = (outsiders: readonly string[]) => {
  const own = OwnAgents.parse(JSON.parse(readFileSync(new URL('own-agents.json', import.meta.url), 'utf8')));
  const builtIn = builtInDefinitions(() => 'https://example.com/');
  const { readIntent, compareProfiles } = loadRoutingModel(MODEL);
  const { make } = makeProfileMaker(MODEL);
  const developers = outsiders.flatMap((name) =>
    readMessages(new URL(`${name}.jsonl`, import.meta.url).pathname).filter(({ label }) => label !== 'none'),
  );

  return (examples: number, claimFrom: number, among = own): Claims => {
    const described = [
      ...among.map((agent) => ({ ...agent, examples: agent.examples.slice(0, examples) })),
      ...builtIn.map((agent) => ({ ...agent, examples: [] })),
    ];
    const compare = compareProfiles(new Map(described.map((agent) => [agent.agent_id, make(agent) ?? ''])));
    const agents = [
      ...among.map(({ agent_id }) => agentOf(agent_id, agent_id)),
      ...builtIn.map(({ agent_id, agent_type }) => agentOf(agent_id, agent_type)),
    ];
    const roles = new Set(agents.map(({ definition }) => definition.agentType));
    const policy = { ...ROUTING_POLICY, claimFrom };
    const targetOf = (message: string, attachments: readonly { name: string; content: string }[] = []) =>
      decide({ message, attachments, agents, roles, similarity: compare(message) }, policy, readIntent).decision
        .targetAgent;
    const targets = among.flatMap(({ agent_id, messages }) =>
      messages.map((text) => [agent_id, targetOf(text)] as const),
    );
    const isOwn = (target: string | null) => among.some(({ agent_id }) => agent_id === target);
    const share = (count: number, of: number) => count / of;
    return {
      right: share(targets.filter(([agentId, target]) => agentId === target).length, targets.length),
      wrong: share(targets.filter(([agentId, target]) => agentId !== target && isOwn(target)).length, targets.length),
      stolen: share(
        developers.filter((message) => {
          const { message: text, attachments } = subjectOf(message);
          return isOwn(targetOf(text, attachments));
        }).length,
        developers.length,
      ),
    };
  };
};
