import { applyFunction, isFunctionName } from './intrinsic-functions.ts';
import { isRecord } from './is-record.ts';

/** What a stack's intrinsic functions can refer to. */
export interface Scope {
  readonly stack: string;
  readonly pseudo: Readonly<Record<string, string | typeof NO_VALUE>>;
  readonly resources: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface ResolverSources {
  readonly scopes: readonly Scope[];
  readonly ref: (scope: Scope, logicalId: string) => string;
  readonly attribute: (scope: Scope, logicalId: string, name: string) => string;
}

export interface Resolver {
  /** The value without intrinsic functions, or `NO_VALUE`. `where` names it in errors. */
  resolve(scope: Scope, value: unknown, where: string): unknown;
  /** Whether a named condition holds; without a name, true. */
  holds(scope: Scope, condition: unknown): boolean;
}

/** `AWS::NoValue`: the property or element is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

/** Evaluates CloudFormation's intrinsic functions. @throws Error naming an intrinsic that is not emulated */
export const makeResolver = (sources: ResolverSources): Resolver => {
  const resolve: Resolver['resolve'] = (scope, value, where) => {
    if (Array.isArray(value)) {
      return value.map((item, index) => resolve(scope, item, `${where}[${index}]`)).filter((item) => item !== NO_VALUE);
    }
    if (!isRecord(value)) return value;
    const [key, ...others] = Object.keys(value);
    if (key !== undefined && others.length === 0 && isFunctionName(key)) {
      const at = { where, resolve: (item: unknown) => resolve(scope, item, where), ...lookups(scope, where) };
      return applyFunction(key, value[key], at);
    }
    const resolved = Object.entries(value).map(([name, item]) => [name, resolve(scope, item, `${where}.${name}`)]);
    return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE));
  };

  const holds: Resolver['holds'] = (scope, condition) => {
    if (condition === undefined) return true;
    const name = String(condition);
    if (!Object.hasOwn(scope.conditions, name)) throw new Error(`${scope.stack}: there is no condition ${name}`);
    return resolve(scope, scope.conditions[name], `${scope.stack}.Conditions.${name}`) === true;
  };

  const lookups = (scope: Scope, where: string) => ({
    ref: (name: string) => refIn(sources, scope, name, where),
    attribute: (id: string, name: string) => sources.attribute(scope, id, name),
    holds: (condition: unknown) => holds(scope, condition),
    exported: (name: string) =>
      outputValue(findExport(sources.scopes, resolve, name), resolve, `${where}: no export ${name}`),
    output: (stack: string, name: string) => {
      const other = sources.scopes.find((candidate) => candidate.stack === stack);
      const found = other && { scope: other, body: other.outputs[name] };
      return outputValue(found, resolve, `${where}: no output ${stack}.${name}`);
    },
  });

  return { resolve, holds };
};

const refIn = (sources: ResolverSources, scope: Scope, name: string, where: string): unknown => {
  if (Object.hasOwn(scope.pseudo, name)) return scope.pseudo[name];
  const parameter = scope.parameters[name];
  if (!isRecord(parameter)) return sources.ref(scope, name);
  if (parameter.Default === undefined) throw new Error(`${where}: parameter ${name} has no default`);
  return parameter.Default;
};

interface FoundOutput {
  readonly scope: Scope;
  readonly body: unknown;
}

const findExport = (scopes: readonly Scope[], resolve: Resolver['resolve'], name: string): FoundOutput | undefined =>
  scopes
    .flatMap((scope) => Object.values(scope.outputs).map((body) => ({ scope, body })))
    .find(({ scope, body }) => {
      const meta = isRecord(body) ? body.Export : undefined;
      return isRecord(meta) && resolve(scope, meta.Name, `${scope.stack}.Outputs`) === name;
    });

const outputValue = (found: FoundOutput | undefined, resolve: Resolver['resolve'], missing: string): unknown => {
  if (!found || !isRecord(found.body)) throw new Error(missing);
  return resolve(found.scope, found.body.Value, `${found.scope.stack}.Outputs`);
};
