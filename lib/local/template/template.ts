import type { Account, Resource } from '../types.ts';
import { makeResolver, NO_VALUE, type Resolver, type Scope } from './intrinsics.ts';
import { isRecord } from './is-record.ts';
import { PHYSICAL_NAME, type ResourceFacts, resourceAttribute, resourceRef } from './resource-values.ts';

export interface StackTemplate {
  /** The stack's name, as `Fn::GetStackOutput` and error messages use it. */
  readonly stack: string;
  /** The parsed JSON of its synthesized template. */
  readonly template: unknown;
}

export interface AccountSettings {
  /** Base URL of the gateway, without a trailing slash; queue URLs start with it. */
  readonly gatewayUrl: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '000000000000' */
  readonly accountId?: string;
}

type Place = Pick<Account, 'region' | 'accountId'>;
type Properties = Readonly<Record<string, unknown>>;

interface Entry {
  readonly facts: ResourceFacts;
  readonly scope: Scope;
  readonly raw: Properties;
}

/**
 * Resolves every intrinsic function of the templates to the values that the local cloud uses. Physical names are the
 * explicit ones, else logical ids. Resources under a false condition and `AWS::CDK::Metadata` are left out.
 * @throws Error naming the resource for an intrinsic, attribute or reference that is not emulated, and for a logical id
 *   that occurs in two stacks
 */
export const resolveTemplates = (stacks: readonly StackTemplate[], settings: AccountSettings): Account => {
  const { region = 'us-east-1', accountId = '000000000000', gatewayUrl } = settings;
  const scopes = stacks.map((stack) => readScope(stack, { region, accountId }));
  const entries = new Map<string, Entry>();
  const factsIn = (scope: Scope, id: string): ResourceFacts => {
    const entry = entries.get(id);
    if (entry?.scope !== scope) throw new Error(`${scope.stack}: there is no resource ${id} to refer to`);
    return entry.facts;
  };
  const resolver = makeResolver({
    scopes,
    ref: (scope, id) => resourceRef(factsIn(scope, id), gatewayUrl),
    attribute: (scope, id, name) => resourceAttribute(factsIn(scope, id), name, gatewayUrl),
  });
  for (const entry of readEntries(scopes, resolver, { region, accountId })) {
    const twin = entries.get(entry.facts.logicalId);
    if (twin)
      throw new Error(`Logical id ${entry.facts.logicalId} is in both ${twin.scope.stack} and ${entry.scope.stack}`);
    entries.set(entry.facts.logicalId, entry);
  }
  const resources = [...entries.values()].map((entry) => toResource(entry, resolver));
  const factsOf = (id: string): ResourceFacts => {
    const entry = entries.get(id);
    if (!entry) throw new Error(`No stack has a resource ${id}`);
    return entry.facts;
  };
  return {
    region,
    accountId,
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    ref: (logicalId) => resourceRef(factsOf(logicalId), gatewayUrl),
    attribute: (logicalId, name) => resourceAttribute(factsOf(logicalId), name, gatewayUrl),
  };
};

/** Describes nothing that an account has, and every stack has one of the same logical id. */
const DESCRIBES_NOTHING = 'AWS::CDK::Metadata';

const readEntries = (scopes: readonly Scope[], resolver: Resolver, place: Place): readonly Entry[] => {
  const versions = new Map<string, number>();
  return scopes.flatMap((scope) =>
    Object.entries(scope.resources).flatMap(([logicalId, value]) => {
      const raw = recordOf(value);
      const type = String(raw.Type);
      if (type === DESCRIBES_NOTHING || !resolver.holds(scope, raw.Condition)) return [];
      const where = `${scope.stack}/${logicalId}`;
      const properties = recordOf(raw.Properties);
      const property = (name: string) => resolver.resolve(scope, properties[name], `${where}.${name}`);
      const version = type === 'AWS::Lambda::Version' ? nextVersion(versions, properties.FunctionName) : undefined;
      const name = () => physicalName(type, logicalId, property);
      return [{ facts: { type, logicalId, where, ...place, version, name, property }, scope, raw }];
    }),
  );
};

/** Versions of one function all name it in the same way. */
const nextVersion = (versions: Map<string, number>, functionName: unknown): number => {
  const key = JSON.stringify(functionName);
  const version = (versions.get(key) ?? 0) + 1;
  versions.set(key, version);
  return version;
};

const physicalName = (type: string, logicalId: string, property: (name: string) => unknown): string => {
  const nameProperty = PHYSICAL_NAME[type];
  const explicit = nameProperty === undefined ? undefined : property(nameProperty);
  return typeof explicit === 'string' ? explicit : logicalId;
};

const toResource = ({ facts, scope, raw }: Entry, resolver: Resolver): Resource => {
  const dependsOn = raw.DependsOn ?? [];
  return {
    stack: scope.stack,
    logicalId: facts.logicalId,
    type: facts.type,
    properties: recordOf(resolver.resolve(scope, raw.Properties, facts.where)),
    dependsOn: (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map(String),
    metadata: recordOf(raw.Metadata),
  };
};

const recordOf = (value: unknown): Properties => (isRecord(value) ? value : {});

const readScope = ({ stack, template }: StackTemplate, { region, accountId }: Place): Scope => {
  if (!isRecord(template)) throw new Error(`${stack}: the template is not a JSON object`);
  return {
    stack,
    pseudo: {
      'AWS::Region': region,
      'AWS::AccountId': accountId,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/local`,
      'AWS::NoValue': NO_VALUE,
    },
    resources: recordOf(template.Resources),
    parameters: recordOf(template.Parameters),
    conditions: recordOf(template.Conditions),
    outputs: recordOf(template.Outputs),
  };
};
