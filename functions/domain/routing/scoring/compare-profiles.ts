import type { RoutingInput } from '../routing-input.ts';
import { readProfile } from './agent-profile.ts';
import type { LikenessTable } from './likeness-table.ts';
import { similarityTo } from './message-similarity.ts';

/** Says of a message how much it is like what each agent is for. */
export type CompareMessage = (message: string) => NonNullable<RoutingInput['similarity']>;

/** Prepares profiles, as they were made, by agent id: some 50 ms for a hundred, to be kept as long as these stay. */
export type CompareProfiles = (profiles: ReadonlyMap<string, string>) => CompareMessage;

/** @param likenessOf the encoder's vector of a text: asked for once a message, when an agent with a profile is asked about */
export const makeCompareProfiles =
  (table: LikenessTable, likenessOf: (text: string) => Float32Array): CompareProfiles =>
  (profiles) => {
    const read = [...profiles].flatMap(([agentId, text]) => {
      const profile = readProfile(text);
      return profile === undefined ? [] : [[agentId, profile] as const];
    });
    const compare = similarityTo(new Map(read), table);
    return (text) => compare({ text, vector: () => likenessOf(text) });
  };
