import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { grantTable } from './access.ts';

/** Beginnings of the partition keys of the registry table, by what they hold. */
const RECORDS = 'agents#';
const MANIFEST = 'manifest#';
const RULES = 'rules#';
const SNAPSHOT = [MANIFEST, 'cards#'];
const CIRCUITS = 'circuits#';
const MEASURED = 'measured#';
const PROFILES = 'profiles#';

/** What the delivery of turns needs: all agents' snapshot and profiles, rules, circuits, and a place for what it counted. */
export const grantRouting = (role: IRole, registry: ITable): void => {
  grantTable(role, registry, { actions: ['GetItem'], keys: [...SNAPSHOT, RULES] });
  grantTable(role, registry, { actions: ['BatchGetItem'], keys: [PROFILES] });
  grantTable(role, registry, { actions: ['GetItem', 'Query', 'PutItem', 'UpdateItem'], keys: [CIRCUITS] });
  grantTable(role, registry, { actions: ['PutItem'], keys: [MEASURED] });
};

/** Agents' records and circuits, to look at. */
export const grantReadAgents = (role: IRole, registry: ITable): void => {
  grantTable(role, registry, { actions: ['GetItem', 'Query'], keys: [RECORDS] });
  grantTable(role, registry, { actions: ['Query'], keys: [CIRCUITS] });
};

/** To register, change and deregister agents. */
export const grantKeepAgents = (role: IRole, registry: ITable): void => {
  grantTable(role, registry, {
    actions: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
    keys: [RECORDS, ...SNAPSHOT],
  });
  grantKeepProfiles(role, registry);
};

/** To remove what has drained. */
export const grantRemoveAgents = (role: IRole, registry: ITable): void =>
  grantTable(role, registry, { actions: ['DeleteItem'], keys: [RECORDS] });

/** To write profiles and let them expire. */
const grantKeepProfiles = (role: IRole, registry: ITable): void =>
  grantTable(role, registry, { actions: ['PutItem', 'UpdateItem'], keys: [PROFILES] });

/** To see all agents and what routers counted, and to write their states and profiles. */
export const grantMonitorAgents = (role: IRole, registry: ITable): void => {
  grantTable(role, registry, {
    actions: ['GetItem', 'PutItem', 'UpdateItem'],
    indexes: ['monitored'],
    keys: [RECORDS, ...SNAPSHOT],
  });
  grantTable(role, registry, { actions: ['Query'], keys: [MEASURED] });
  grantKeepProfiles(role, registry);
};

/** To show routing rules. */
export const grantReadRules = (role: IRole, registry: ITable): void =>
  grantTable(role, registry, { actions: ['GetItem'], keys: [MANIFEST, RULES] });

/** To change routing rules, beside `grantKeepAgents`. */
export const grantKeepRules = (role: IRole, registry: ITable): void =>
  grantTable(role, registry, { actions: ['GetItem', 'PutItem', 'UpdateItem'], keys: [RULES] });
