import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AgentOwner } from '../../../application/agent-ports.ts';
import type { RuleStore } from '../../../application/ports.ts';
import { storedRules } from '../../../domain/contract/routing-rules.ts';
import type { RulesPointer } from '../../../domain/registry/snapshot.ts';
import { readRules } from '../../../domain/routing/rules/read-rules.ts';
import { makeRuleSets } from './rule-sets.ts';
import { makeSnapshotReader } from './snapshot-reader.ts';
import { makeSnapshotWriter, type Plan, type SnapshotDependencies } from './snapshot-writer.ts';

/**
 * Routing rules in the Registry table. The manifest that routers look at names an owner's rules, and its swap is what
 * makes them so: what is on record is what routers see.
 */
export const makeRuleStore = (client: DynamoDBClient, table: string, dependencies: SnapshotDependencies): RuleStore => {
  const { clock } = dependencies;
  const reader = makeSnapshotReader(client, table, dependencies);
  const writer = makeSnapshotWriter(client, table, dependencies);
  const sets = makeRuleSets(client, table, dependencies);

  /** Makes what it writes an owner's rules. @returns whether it did, and which rules nobody uses then */
  const swap = async (
    owner: AgentOwner,
    expectedVersion: number,
    write: () => Promise<RulesPointer>,
    signal: AbortSignal,
  ) => {
    let written: RulesPointer | undefined;
    let replaced: RulesPointer | undefined;
    let isDone = false;
    const plan: Plan = async ({ rules }) => {
      // A swap whose reply was lost may have happened: then these rules stand there already.
      isDone = rules !== undefined && rules.id === written?.id;
      if (isDone || (rules?.version ?? 0) !== expectedVersion) return undefined;
      written ??= await write();
      replaced = rules;
      isDone = true;
      return { edits: [], rules: written };
    };
    await writer.revise(owner, plan, signal);
    return { isDone, unused: isDone ? replaced : written };
  };

  return {
    get: async (owner, signal) => {
      const { rules: pointer } = await reader.manifest(owner, true, signal);
      if (pointer === undefined) return { rules: [], unreadable: [], version: 0, writtenAtMs: 0 };
      const read = readRules(await sets.read(owner, pointer, signal));
      return { ...read, version: pointer.version, writtenAtMs: pointer.writtenAtMs };
    },

    put: async (owner, rules, expectedVersion, signal) => {
      const next = { version: expectedVersion + 1, writtenAtMs: clock() };
      const write = () => sets.write(owner, storedRules(rules), next, signal);
      const { isDone, unused } = await swap(owner, expectedVersion, write, signal);
      if (unused !== undefined) await sets.retire(owner, unused, clock(), signal);
      return isDone ? { rules, unreadable: [], ...next } : undefined;
    },
  };
};
