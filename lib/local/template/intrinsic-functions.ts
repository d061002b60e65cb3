import { isRecord } from './is-record.ts';

/** Where a function stands, and what it can look up from there. */
export interface FunctionSite {
  /** Names the property in errors. */
  readonly where: string;
  resolve(value: unknown): unknown;
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): string;
  holds(condition: unknown): boolean;
  exported(name: string): unknown;
  output(stack: string, name: string): unknown;
}

export const isFunctionName = (key: string): boolean => key === 'Ref' || key === 'Condition' || key.startsWith('Fn::');

/** The value of one intrinsic function. @throws Error naming it if it is not emulated or malformed */
export const applyFunction = (name: string, argument: unknown, site: FunctionSite): unknown => {
  const evaluate = FUNCTIONS[name];
  if (!evaluate) throw new Error(`${site.where}: the local cloud does not emulate ${name}`);
  return evaluate(argument, site);
};

const list = (argument: unknown, site: FunctionSite): readonly unknown[] => {
  const value = site.resolve(argument);
  if (!Array.isArray(value)) throw new Error(`${site.where}: an intrinsic function needs a list`);
  return value;
};

const attribute = (target: unknown, site: FunctionSite): string => {
  const [id, name] = Array.isArray(target) ? target.map(String) : splitOnce(String(target));
  if (id === undefined || name === undefined) throw new Error(`${site.where}: malformed Fn::GetAtt`);
  return site.attribute(id, name);
};

const splitOnce = (text: string): readonly string[] => {
  const at = text.indexOf('.');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

const join = (argument: unknown, site: FunctionSite): string => {
  const [separator, parts] = list(argument, site);
  if (!Array.isArray(parts)) throw new Error(`${site.where}: Fn::Join needs a list`);
  return parts.map(String).join(String(separator));
};

const select = (argument: unknown, site: FunctionSite): unknown => {
  const [index, items] = list(argument, site);
  const item: unknown = Array.isArray(items) ? items[Number(index)] : undefined;
  if (item === undefined) throw new Error(`${site.where}: Fn::Select has no element ${String(index)}`);
  return item;
};

const substitute = (argument: unknown, site: FunctionSite): string => {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = site.resolve(variables);
  return String(text).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (isRecord(own) && Object.hasOwn(own, name)) return String(own[name]);
    return String(name.includes('.') ? attribute(name, site) : site.ref(name));
  });
};

const stackOutput = (argument: unknown, site: FunctionSite): unknown => {
  const wanted = site.resolve(argument);
  if (!isRecord(wanted)) throw new Error(`${site.where}: malformed Fn::GetStackOutput`);
  return site.output(String(wanted.StackName), String(wanted.OutputName));
};

const FUNCTIONS: Readonly<Record<string, (argument: unknown, site: FunctionSite) => unknown>> = {
  Ref: (name, site) => site.ref(String(name)),
  Condition: (name, site) => site.holds(name),
  'Fn::GetAtt': attribute,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Sub': substitute,
  'Fn::GetStackOutput': stackOutput,
  'Fn::Split': (argument, site) => {
    const [separator, text] = list(argument, site);
    return String(text).split(String(separator));
  },
  'Fn::ImportValue': (name, site) => site.exported(String(site.resolve(name))),
  // Only the branch that counts is resolved: the other may refer to what does not exist.
  'Fn::If': (argument, site) => {
    const [condition, whenTrue, whenFalse] = Array.isArray(argument) ? argument : [];
    return site.resolve(site.holds(condition) ? whenTrue : whenFalse);
  },
  'Fn::Equals': (argument, site) => {
    const [left, right] = list(argument, site);
    return String(left) === String(right);
  },
  'Fn::And': (argument, site) => list(argument, site).every((item) => item === true),
  'Fn::Or': (argument, site) => list(argument, site).includes(true),
  'Fn::Not': (argument, site) => list(argument, site)[0] !== true,
};
