import { describe, expect, it } from 'vitest';
import { ROLES } from '../../../functions/domain/contract/roles.ts';
import type { Subject } from '../../../functions/domain/routing/intent/intent-reading.ts';
import { makeReadKeywordIntent } from '../../../functions/domain/routing/intent/keyword-intent.ts';
import { KEYWORD_POLICY, keywordPolicyFor } from '../../../functions/domain/routing/keyword-policy.ts';
import { clearlyAnotherRole } from '../../../functions/domain/routing/pinned-role.ts';
import { ROUTING_POLICY } from '../../../functions/domain/routing/scoring/policy.ts';
import { EXAMPLES } from './messages.ts';

const ANSWERING = Object.keys(ROLES).filter((role) => role !== 'supervisor');
const askedBy = (subject: Subject, role: string, policy = KEYWORD_POLICY) =>
  clearlyAnotherRole(makeReadKeywordIntent(policy)(subject), role, ROUTING_POLICY);
const asked = (message: string, role: string, policy = KEYWORD_POLICY) =>
  askedBy({ message, attachments: [] }, role, policy);

const REVIEW = 'Please review this change before I merge it:\n@@ -1,2 +1,2 @@\n-a\n+b';

describe('the role that a message asks for instead of the pinned agent’s', () => {
  it('is never found where the pinned agent has the right role', () => {
    for (const { message, attachments = [], role } of EXAMPLES)
      expect(askedBy({ message, attachments }, role), message).toBeUndefined();
  });

  it('is found where nothing speaks for the pinned role and much for another', () => {
    for (const role of ANSWERING)
      expect(asked(REVIEW, role)).toBe(role === 'code_reviewer' ? undefined : 'code_reviewer');
  });

  it.each([
    ['little speaks for the other', 'review', 'debugger'],
    ['something speaks for the pinned role', `${REVIEW}\nwhy does it crash?`, 'debugger'],
    ['nothing speaks for any', 'could the pods share one volume', 'debugger'],
    ['it is small talk', 'thanks!', 'debugger'],
  ])('is not found where %s', (_, message, role) => {
    expect(asked(message, role)).toBeUndefined();
  });

  it('is not found where the policy has no rule that could speak for the pinned role', () => {
    const role = (phrases: string[]) => ({ capabilities: ['translate'], fallbackRoles: [], phrases });
    expect(asked(REVIEW, 'translator', keywordPolicyFor({ ...ROLES, translator: role([]) }))).toBeUndefined();
    const policy = keywordPolicyFor({ ...ROLES, translator: role(['auf Deutsch']) });
    expect(asked(REVIEW, 'translator', policy)).toBe('code_reviewer');
    expect(asked(`Auf Deutsch: ${REVIEW}`, 'translator', policy)).toBeUndefined();
    expect(asked('Das bitte auf Deutsch', 'code_reviewer', policy)).toBe('translator');
    expect(asked(`Auf Deutsch: ${REVIEW}`, 'code_reviewer', policy)).toBeUndefined();
  });
});
