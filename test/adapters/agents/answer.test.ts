import { describe, expect, it } from 'vitest';
import * as answers from '../../../functions/adapters/agents/answer.ts';

const MIB = 1024 * 1024;
const NO_ANSWER = 'the agent sent something that is not an answer';
const EXTRAS = 'metadata or context_data are larger than 64 KiB';
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const holding = (field: string, json: string): string => `{"content":"x","${field}":{"a":${json}}}`;
const readAnswer = (text: string, messageType = 'user_query') =>
  answers.readAnswer(text, { agentMetadata: { messageType } as never });
const empties = `[${'[],'.repeat(690_000)}1]`;

describe('an answer', () => {
  it.each(['metadata', 'context_data'])('may bring 64 KiB of %s, 64 levels deep in all', (field) => {
    const text = JSON.stringify('x'.repeat(64 * 1024 - 8));
    expect(readAnswer(holding(field, text))).toMatchObject({ kind: 'answered' });
    expect(readAnswer(holding(field, nested(62)))).toMatchObject({ kind: 'answered' });
  });

  it.each([
    ['nests 65 levels deep', holding('metadata', nested(63)), NO_ANSWER],
    ['nests 2,000 levels deep', holding('metadata', nested(2_000)), NO_ANSWER],
    ['nests a million levels deep', holding('metadata', nested(1_000_000)), NO_ANSWER],
    ['nests deep in what is left out', holding('unknown', nested(1_000_000)), NO_ANSWER],
    ['nests deep and is nothing else', nested(1_000_000), NO_ANSWER],
    ['has 2 MiB of empty lists in metadata', holding('metadata', empties), EXTRAS],
    ['has 2 MiB of empty lists in context_data', holding('context_data', empties), EXTRAS],
    ['has metadata that are one list', `{"content":"x","metadata":${empties}}`, EXTRAS],
    ['has a byte too much in metadata', holding('metadata', JSON.stringify('x'.repeat(64 * 1024 - 7))), EXTRAS],
    ['is larger than 2 MiB', JSON.stringify({ content: 'é'.repeat(MIB) }), 'the answer is larger than 2097152 bytes'],
    ['is null', 'null', NO_ANSWER],
  ])('rejects what %s', (_what, text, reason) => {
    expect(readAnswer(text)).toMatchObject({ kind: 'failed', reason });
  });

  it.each(['metadata', 'context_data'])(
    'is looked at by its schema only once its %s are known to be small',
    (field) => {
      expect(readAnswer(`{"${field}":${empties}}`)).toMatchObject({ reason: EXTRAS });
      expect(readAnswer(`{"${field}":[]}`)).toMatchObject({ reason: NO_ANSWER });
    },
  );
});

describe('a supervisor’s answer', () => {
  const read = (answer: object, messageType = 'route_request') => readAnswer(JSON.stringify(answer), messageType);

  it('may be a route and nothing else', () => {
    const route = { agent_id: 'boss', reason: 'so' };
    expect(read({ route })).toMatchObject({ answer: { content: '', route: { agentId: 'boss', reason: 'so' } } });
    expect(read({ content: 'I chose', route: { role: 'none' } })).toMatchObject({ answer: { content: 'I chose' } });
    expect(read({ route }, 'user_query')).toMatchObject({ kind: 'failed', reason: NO_ANSWER });
  });

  it.each([
    ['a'],
    [null],
    [7],
    [{}],
    [{ agent_id: '' }],
    [{ agent_id: 'a b' }],
    [{ role: 1 }],
    [{ role: 'r'.repeat(65) }],
  ])('survives a route that is none: %j', (route) => {
    const result = read({ content: 'x', route }, 'user_query');
    expect(result).toMatchObject({ kind: 'answered', answer: { content: 'x' } });
    expect(result.kind === 'answered' && result.answer.route).toBeUndefined();
  });

  it.each([['[]'], ['"debugger"'], ['null'], ['{"route":'], ['{"content":null,"route":{"role":"none"}}']])(
    'rejects what is no answer: %s',
    (text) => {
      expect(readAnswer(text, 'route_request')).toMatchObject({ kind: 'failed', reason: NO_ANSWER });
    },
  );
});

describe('a health reply', () => {
  it('rejects what nests deep', () => {
    expect(answers.readHealth(`{"status":"healthy","detail":${nested(30_000)}}`)).toMatchObject({ kind: 'failed' });
  });
});
