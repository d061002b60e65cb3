import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageText } from '../../../functions/domain/history/message-text.ts';
import { selectWindow, WINDOW_POLICY } from '../../../functions/domain/history/window.ts';

const turns = fc.array(fc.record({ bytes: fc.nat(3_000) }), { maxLength: 40 });
const policy = fc.record({ maxMessages: fc.nat(30), maxBytes: fc.nat(20_000) });

describe('a window', () => {
  it('is the newest whole turns, oldest first, and never above its caps', () => {
    const property = fc.property(turns, fc.boolean(), policy, (past, complete, caps) => {
      const { window, receipt } = selectWindow(past, complete, caps);
      expect(window).toEqual(past.slice(0, window.length).reverse());
      const bytes = window.reduce((sum, turn) => sum + turn.bytes, 0);
      expect(bytes).toBeLessThanOrEqual(caps.maxBytes);
      expect(window.length * 2).toBeLessThanOrEqual(caps.maxMessages);
      expect(receipt).toEqual({
        keptMessages: window.length * 2,
        droppedMessages: (past.length - window.length) * 2,
        keptBytes: bytes,
        complete,
      });
    });
    fc.assert(property);
  });

  it('takes as many as fit: the next one would exceed a cap', () => {
    const property = fc.property(turns, policy, (past, caps) => {
      const { window, receipt } = selectWindow(past, true, caps);
      const next = past[window.length];
      if (next === undefined) return;
      const tooMany = (window.length + 1) * 2 > caps.maxMessages;
      expect(tooMany || receipt.keptBytes + next.bytes > caps.maxBytes).toBe(true);
    });
    fc.assert(property);
  });

  it('of nothing is nothing', () => {
    expect(selectWindow([], true, WINDOW_POLICY)).toEqual({
      window: [],
      receipt: { keptMessages: 0, droppedMessages: 0, keptBytes: 0, complete: true },
    });
  });

  it('is ten messages', () => {
    const { window } = selectWindow(Array(12).fill({ bytes: 1 }), true, WINDOW_POLICY);
    expect(window).toHaveLength(5);
  });
});

describe('an earlier message', () => {
  it('is its words alone without attachments', () => {
    expect(messageText({ message: 'why?', attachments: [] })).toBe('why?');
  });

  it('shows each attachment in a fence that its content cannot close', () => {
    const text = messageText({ message: 'see', attachments: [{ name: 'a.md', content: '````\nx\n````' }] });
    expect(text).toBe('see\n\na.md:\n`````\n````\nx\n````\n`````');
  });

  it('survives an attachment of nothing but fence characters, in time', () => {
    const content = '`'.repeat(1024 * 1024);
    const startedMs = performance.now();
    const text = messageText({ message: 'x', attachments: [{ name: 'n', content }] });
    expect(text.endsWith(`\n${'`'.repeat(1024 * 1024 + 1)}`)).toBe(true);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
