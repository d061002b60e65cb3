import { expect, it } from 'vitest';
import { rememberLikeness } from '../../../../functions/domain/routing/encoder/remember-likeness.ts';
import type { MessageInput } from '../../../../functions/domain/routing/encoder/router-input.ts';

const counting = () => {
  const read: MessageInput[] = [];
  const encoder = rememberLikeness({
    readMessage: (input) => {
      read.push(input);
      const none = new Float32Array();
      return { logits: none, vector: none, tokens: 1, likeness: Float32Array.of(input.text.length) };
    },
  });
  return { encoder, read };
};

it('reads a text once for its intent and its likeness', () => {
  const { encoder, read } = counting();
  encoder.readMessage({ text: 'four', files: [] });
  expect([...encoder.likenessOf('four'), ...encoder.likenessOf('four')]).toEqual([4, 4]);
  expect(read).toHaveLength(1);
  expect([...encoder.likenessOf('another')]).toEqual([7]);
  expect(read).toHaveLength(2);
});

it.each([{ files: ['a.ts'] }, { files: [], previousRole: 'debugger' }])(
  'reads it again where its intent was read with %j',
  (context) => {
    const { encoder, read } = counting();
    encoder.readMessage({ text: 'four', ...context });
    encoder.likenessOf('four');
    expect(read).toEqual([
      { text: 'four', ...context },
      { text: 'four', files: [] },
    ]);
  },
);
