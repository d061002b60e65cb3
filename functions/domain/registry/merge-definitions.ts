import * as z from 'zod';
import { AgentDefinition, StoredAgentDefinition } from '../contract/agent.ts';

export interface MergedDefinition {
  readonly definition: AgentDefinition;
  /** Fields of the record that change, as on the wire, in alphabetical order. */
  readonly changed: readonly string[];
  /** Fields that stay as somebody else has set them although the deployment says otherwise. */
  readonly kept: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Brings a deployment's changes of a definition into the record without undoing anybody else's, field by field:
 *
 * | changed since the last deployment | outcome |
 * |---|---|
 * | by nobody | as it is |
 * | in the deployment alone | the deployment's |
 * | in the record alone | the record's, kept |
 * | in both, to the same | as it is |
 * | in both | the record's, kept |
 *
 * Without a last deployment, nobody can tell who changed a field: the record's is kept, but not an `endpoint_url` that
 * is a Lambda function, since that function may have gone with the stack that had it. A field that is absent counts as
 * a value of its own. Where the outcome would be no valid definition, the whole record is kept.
 *
 * @param deployed what the last deployment said; undefined if this is the first
 */
export const mergeDefinitions = (
  deployed: AgentDefinition | undefined,
  record: AgentDefinition,
  next: AgentDefinition,
): MergedDefinition => {
  const [base, present, wanted] = [deployed && toWire(deployed), toWire(record), toWire(next)];
  const differing = differingFields(present, wanted);
  const isKept = (name: string): boolean =>
    base === undefined ? !isFunctionOfStack(name, present[name]) : !isSame(present[name], base[name]);
  const [kept, changed] = [differing.filter(isKept), differing.filter((name) => !isKept(name))];
  const fields = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
  const merged = Object.entries({ ...present, ...fields }).filter(([, value]) => value !== undefined);
  const valid = z.safeDecode(AgentDefinition, Object.fromEntries(merged) as z.input<typeof AgentDefinition>);
  return valid.success
    ? { definition: valid.data, changed, kept }
    : { definition: record, changed: [], kept: differing };
};

const toWire = (definition: AgentDefinition): Fields => z.encode(StoredAgentDefinition, definition);

const isFunctionOfStack = (name: string, value: unknown): boolean =>
  name === 'endpoint_url' && typeof value === 'string' && value.startsWith('arn:');

const differingFields = (left: Fields, right: Fields): readonly string[] =>
  [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => !isSame(left[name], right[name])).sort();

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two JSON values are equal; the order of an object's keys does not matter, that of an array's elements does. */
const isSame = (left: unknown, right: unknown): boolean => {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  if (!isObject(left) || !isObject(right)) return left === right;
  return differingFields(left, right).length === 0;
};
