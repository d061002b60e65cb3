import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROLES } from '../../../../functions/domain/contract/roles.ts';
import { viewMessage } from '../../../../functions/domain/routing/intent/message-view.ts';
import { taskTypeOf } from '../../../../functions/domain/routing/intent/task-type.ts';
import { subjectOf } from '../../../../lib/training/message.ts';
import { HUGE_MESSAGES, labelledFacets, millisecondsOf } from './labelled-facets.ts';

const viewOf = (message: string, previousRole?: string) =>
  viewMessage({ message, attachments: [], previousRole }, () => []);

const ANSWERING = ['context_analyzer', 'code_generator', 'debugger', 'documentation', 'code_reviewer'];

describe('the task type', () => {
  test.each([
    ['context_analyzer', 'what would break if we drop the column?', 'impact_analysis'],
    ['code_generator', 'regex for dates', 'regex'],
    ['debugger', 'panic: runtime error\ngoroutine 1 [running]:', 'stack_traces'],
    ['debugger', 'the page is slow since monday', 'performance'],
    ['documentation', 'commit message please', 'changelog'],
    ['code_reviewer', 'is this safe against injection?', 'security'],
    ['none', 'thanks a lot!', 'small_talk'],
    ['none', 'What is the capital of Mongolia?', 'off_topic'],
    ['role_of_a_team', 'anything', 'unknown'],
  ])('of %s for %j is %s', (role, message, task) => {
    expect(taskTypeOf(role, viewOf(message))).toBe(task);
  });

  test('agrees with the labels of messages that the rules were not tuned on', () => {
    const unseen = labelledFacets.filter((_, index) => index % 2 === 1);
    const right = unseen.filter(
      (message) =>
        taskTypeOf(
          message.label,
          viewMessage(subjectOf(message), () => []),
        ) === message.task_type,
    );
    // 76 % when this was written.
    expect(right.length / unseen.length).toBeGreaterThan(0.74);
  });

  test('is a capability of the role, whatever the text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ANSWERING), fc.string({ unit: 'grapheme' }), (role, message) => {
        expect(ROLES[role]?.capabilities).toContain(taskTypeOf(role, viewOf(message)));
      }),
    );
  });

  test('survives a message of 1 MiB in bounded time', () => {
    for (const message of HUGE_MESSAGES) {
      const view = viewOf(message);
      for (const role of [...ANSWERING, 'none']) expect(millisecondsOf(() => taskTypeOf(role, view))).toBeLessThan(200);
    }
  });
});
