import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { AgentDefinition } from '../../../functions/domain/contract/agent.ts';
import { Handoff } from '../../../functions/domain/contract/agent-protocol.ts';
import { MessageRequest } from '../../../functions/domain/contract/message.ts';
import { role } from '../../../functions/domain/contract/roles.ts';
import { tolerantWire, wire } from '../../../functions/domain/contract/wire.ts';

const Sample = wire({
  plain: z.string(),
  two_words: z.number(),
  three_more_words: z.boolean().optional(),
  nested_list: z.array(wire({ inner_key: z.string() })),
  free_form: z.record(z.string(), z.json()),
});

const sample = fc.record(
  {
    plain: fc.string(),
    two_words: fc.integer(),
    three_more_words: fc.boolean(),
    nested_list: fc.array(fc.record({ inner_key: fc.string() })),
    free_form: fc.dictionary(fc.stringMatching(/^[a-z_A-Z0-9]{1,12}$/), fc.jsonValue({ maxDepth: 2 })),
  },
  { requiredKeys: ['plain', 'two_words', 'nested_list', 'free_form'] },
);

/** As it comes from a request: own keys only, `__proto__` among them. */
const parsed = (text: string): never => JSON.parse(text) as never;

describe('a wire shape', () => {
  it('comes back the same from its TypeScript form', () => {
    const property = fc.property(sample, (value) => {
      const json = JSON.parse(JSON.stringify(value));
      fc.pre(!JSON.stringify(json).includes('__proto__'));
      expect(JSON.parse(JSON.stringify(z.encode(Sample, z.decode(Sample, json))))).toEqual(json);
    });
    fc.assert(property);
  });

  it('renames its own keys and none of free JSON', () => {
    const decoded = z.decode(Sample, {
      plain: 'x',
      two_words: 1,
      nested_list: [{ inner_key: 'y' }],
      free_form: { snake_case: { deep_er: 1 } },
    });
    expect(decoded).toEqual({
      plain: 'x',
      twoWords: 1,
      nestedList: [{ innerKey: 'y' }],
      freeForm: { snake_case: { deep_er: 1 } },
    });
  });

  it.each([
    ['an unknown key', '{"message":"x","mesage":"y"}', 'mesage'],
    ['a TypeScript key', '{"message":"x","agentId":"y"}', 'agentId'],
    ['__proto__', '{"message":"x","__proto__":{"admin":true}}', '__proto__'],
    ['constructor', '{"message":"x","constructor":{}}', 'constructor'],
    ['toString', '{"message":"x","toString":1}', 'toString'],
  ])('rejects and names %s', (_, text, key) => {
    const result = MessageRequest.safeParse(parsed(text));
    expect(result.success).toBe(false);
    expect(result.error?.issues).toContainEqual(expect.objectContaining({ code: 'unrecognized_keys', keys: [key] }));
  });

  it('for what agents of other versions say leaves unknown keys out', () => {
    const Tolerant = tolerantWire({ two_words: z.string() });
    const text = '{"two_words":"x","from_the_future":1,"__proto__":{"admin":true}}';
    const decoded = z.decode(Tolerant, parsed(text));
    expect(decoded).toEqual({ twoWords: 'x' });
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  });

  it('keeps __proto__ in free JSON from becoming a prototype', () => {
    const { data } = MessageRequest.safeParse(parsed('{"message":"x","context_data":{"__proto__":{"admin":true}}}'));
    expect((data?.contextData as { admin?: boolean } | undefined)?.admin).toBeUndefined();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"message"'],
    ['no message', '{}'],
    ['a message of spaces', '{"message":" \\n\\t "}'],
    ['a number for a message', '{"message":7}'],
    ['a deadline below its range', '{"message":"x","deadline_ms":99}'],
    ['a deadline above its range', '{"message":"x","deadline_ms":240001}'],
    ['half a millisecond', '{"message":"x","deadline_ms":1000.5}'],
    ['an id with a slash', '{"message":"x","conversation_id":"a/b"}'],
    ['an id with a separator', '{"message":"x","conversation_id":"a#b"}'],
    ['an id of 300 characters', `{"message":"x","conversation_id":"${'a'.repeat(300)}"}`],
    ['an empty id', '{"message":"x","conversation_id":""}'],
    ['a reserved agent id', '{"message":"x","agent_id":"status"}'],
    ['33 attachments', `{"message":"x","attachments":[${Array(33).fill('{"name":"a","content":""}').join()}]}`],
    ['an unknown key in an attachment', '{"message":"x","attachments":[{"name":"a","content":"","x":1}]}'],
  ])('rejects a message request: %s', (_, text) => {
    expect(MessageRequest.safeParse(parsed(text)).success).toBe(false);
  });

  it.each([
    '{"message":"x"}',
    '{"message":"x","deadline_ms":100,"if_unavailable":"fail","conversation_id":"A.b_c:d-1"}',
  ])('takes a message request: %s', (text) => expect(MessageRequest.safeParse(parsed(text)).success).toBe(true));
});

describe('a handoff', () => {
  it('names a role or an agent, one of them', () => {
    const reason = 'not mine';
    expect(Handoff.safeDecode({ agent_type: role('debugger'), reason }).success).toBe(true);
    expect(Handoff.safeDecode({ agent_id: 'x', reason } as never).success).toBe(true);
    expect(Handoff.safeDecode({ reason }).success).toBe(false);
    expect(Handoff.safeDecode({ agent_type: 'debugger', agent_id: 'x', reason } as never).success).toBe(false);
    expect(Handoff.safeDecode({ agent_type: 'poet', reason } as never).success).toBe(false);
  });
});

describe('a definition of an agent', () => {
  const definition = (changes: Record<string, unknown> = {}) => ({
    agent_id: 'helper',
    agent_type: 'debugger',
    name: 'Helper',
    description: '',
    capabilities: ['errors', 'fix'],
    specializations: [],
    endpoint_url: 'arn:aws:lambda:eu-central-1:123456789012:function:helper:live',
    ...changes,
  });
  const accepts = (changes: Record<string, unknown>) =>
    AgentDefinition.safeDecode(definition(changes) as never).success;

  it('is completed with its defaults', () => {
    expect(z.decode(AgentDefinition, definition() as never)).toMatchObject({
      maxConcurrentRequests: 5,
      timeoutSeconds: 30,
    });
  });

  it.each([
    ['a capability of another role', { capabilities: ['errors', 'readme'] }],
    ['a role that the table lacks', { agent_type: 'poet' }],
    ['a prototype property for a role', { agent_type: 'constructor' }],
    ['a reserved id', { agent_id: 'route' }],
    ['an endpoint that is a file', { endpoint_url: 'file:///etc/passwd' }],
    ['an endpoint of another service', { endpoint_url: 'arn:aws:s3:::bucket' }],
    ['a timeout above 15 minutes', { timeout_seconds: 901 }],
    ['no slots', { max_concurrent_requests: 0 }],
  ])('rejects %s', (_, changes) => {
    expect(accepts({})).toBe(true);
    expect(accepts(changes)).toBe(false);
  });
});
