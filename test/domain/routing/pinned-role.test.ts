import { describe, expect, it } from 'vitest';
import type { IntentReading, Subject } from '../../../functions/domain/routing/intent/intent-reading.ts';
import { clearlyAnotherRole } from '../../../functions/domain/routing/pinned-role.ts';
import { ANSWERING_ROLES } from '../../../functions/domain/routing/scoring/gates.ts';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { readIntent } from '../../routing-model.ts';
import { intentOf } from '../../twins/intent.ts';
import { EXAMPLES } from './messages.ts';

const { refusePinFrom, refusePinBelow } = ROUTING_POLICY;

const askedBy = (subject: Subject, role: string, read = readIntent) =>
  clearlyAnotherRole(read(subject), role, ROUTING_POLICY);

/** What a review is read as, but for `changes`. */
const askedOf = (role: string, changes: Partial<IntentReading>, own = 0) => {
  const probabilities = new Map(Object.entries({ code_reviewer: refusePinFrom, debugger: own, none: 0.1 }));
  const read = intentOf({ role: 'code_reviewer', confidence: refusePinFrom, probabilities, ...changes });
  return askedBy({ message: 'review', attachments: [] }, role, read);
};

describe('the role that a message asks for instead of the pinned agent’s', () => {
  it('is never found where the pinned agent has the right role', () => {
    for (const { message, attachments = [], role } of EXAMPLES)
      expect(askedBy({ message, attachments }, role), message).toBeUndefined();
  });

  it('is found where nothing speaks for the pinned role and much for another', () => {
    const message = 'The build fails since this morning:\nTypeError: x is undefined\n    at main (src/index.js:4:9)';
    for (const role of ANSWERING_ROLES)
      expect(askedBy({ message, attachments: [] }, role)).toBe(role === 'debugger' ? undefined : 'debugger');
  });

  it('is found from the policy’s thresholds on', () => {
    expect(askedOf('debugger', {})).toBe('code_reviewer');
    expect(askedOf('debugger', {}, refusePinBelow - 0.001)).toBe('code_reviewer');
  });

  it.each([
    ['little speaks for the other', 'debugger', { confidence: refusePinFrom - 0.001 }, 0],
    ['something speaks for the pinned role', 'debugger', {}, refusePinBelow],
    ['it is small talk', 'debugger', { role: 'none', confidence: 0.99 }, 0],
    ['it is the pinned role', 'code_reviewer', {}, 0],
    ['the model does not know the pinned role', 'translator', {}, 0],
  ])('is not found where %s', (_, role, changes, own) => {
    expect(askedOf(role, changes, own)).toBeUndefined();
  });
});
