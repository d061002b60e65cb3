import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { AgentOwner, ProfileMaker } from '../../../application/agent-ports.ts';
import type { Clock, Log } from '../../../application/ports.ts';
import type { AgentDefinition } from '../../../domain/contract/agent.ts';
import { hasProfile, profileName } from '../../../domain/routing/scoring/profile-name.ts';
import type { Item } from '../attributes.ts';
import { makeProfileWriter } from './profile-items.ts';

export interface AgentProfilesDependencies {
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  /** @default - none are made: for those who never write definitions */
  readonly profiles?: ProfileMaker | undefined;
}

/** Enough for the writes of one agent: every router holds a thousand of them. */
const MARK_CHARACTERS = 6;

const Named = z.object({ profile: z.string().refine(hasProfile) });

/** The profile that the card in a definition's item names. */
const nameIn = (definition: Item | undefined): string | undefined => {
  if (definition?.card?.S === undefined) return undefined;
  return Named.safeParse(JSON.parse(definition.card.S)).data?.profile;
};

/** Keeps an agent's profile in step with its definition: written before a card names it, gone some time after. */
export const makeAgentProfiles = (client: DynamoDBClient, table: string, deps: AgentProfilesDependencies) => {
  const { profiles } = deps;
  const writer = makeProfileWriter(client, table, deps);

  const retire = async (owner: AgentOwner, agentId: string, name: string | undefined, signal: AbortSignal) => {
    if (name !== undefined && hasProfile(name)) await writer.retire({ owner, agentId, name }, signal);
  };

  return {
    /**
     * Makes a definition's profile and writes it.
     * @param mark different for each write
     * @returns its name for the card; undefined if none are made
     * @throws Failure STORE_UNAVAILABLE
     */
    write: async (
      owner: AgentOwner,
      definition: AgentDefinition,
      mark: string,
      signal: AbortSignal,
    ): Promise<string | undefined> => {
      if (profiles === undefined) return undefined;
      const profile = profiles.make(definition);
      const name = profileName(profiles.version(), profile === undefined ? undefined : mark.slice(-MARK_CHARACTERS));
      if (profile !== undefined) await writer.write({ owner, agentId: definition.agentId, name }, profile, signal);
      return name;
    },

    /** Lets the one of that name expire. Never throws. */
    retire,

    /** Lets the one expire that a definition's former item named. Never throws. */
    retireFormer: (owner: AgentOwner, agentId: string, former: Item | undefined, signal: AbortSignal): Promise<void> =>
      retire(owner, agentId, nameIn(former), signal),
  };
};
