import type { AgentAnswer, JsonObject } from '../../domain/contract/agent-protocol.ts';
import { role } from '../../domain/contract/roles.ts';
import type { Task } from '../kit/define-agent.ts';
import { findMaterial, type Material, type MaterialKind, proseOf } from './find-material.ts';

/** What an agent without a model did with its material. */
export interface OfflineWork {
  /** Markdown sections, in order. */
  readonly sections: readonly string[];
  /** What this answer lacks because no model made it: noun phrases that follow "Not done:". */
  readonly limits: readonly string[];
  /** The result once more, for programs. */
  readonly metadata?: JsonObject;
}

const RELAYED =
  'This message carries no material of its own, so I used what an earlier message of this conversation holds';

const offlineAnswer = ({ sections, limits, metadata }: OfflineWork, material: Material): AgentAnswer => {
  const relayed = material.relayedFrom === undefined ? [] : [`${RELAYED} (sent ${material.relayedFrom}).`];
  const honest = `_Made offline, without a language model. Not done: ${limits.join('; ')}._`;
  return {
    content: [...relayed, ...sections, honest].join('\n\n'),
    status: 'completed',
    metadata: {
      ...metadata,
      limits: [...limits],
      material: material.relayedFrom === undefined ? 'message' : 'history',
    },
  };
};

const PASTED_ONLY = ['works on pasted material only: it has no language model and reads no repository'];

const needsInput = (question: string): AgentAnswer => ({
  content: question,
  status: 'needs_input',
  metadata: { limits: [...PASTED_ONLY] },
});

/** Openings that ask for one role and no other. */
const ASKS: readonly (readonly [string, RegExp])[] = [
  ['code_reviewer', /^(?:please |can you |could you ){0,2}(?:do a )?(?:code )?review\b/i],
  ['debugger', /^(?:please |can you |could you ){0,2}(?:debug|find the bug|fix (?:this|the) (?:bug|error|crash))\b/i],
  [
    'documentation',
    /^(?:please |can you |could you ){0,2}(?:document|(?:write|add|create) (?:a |the )?(?:readme|docs?|documentation|docstrings?)\b)/i,
  ],
  [
    'code_generator',
    /^(?:please |can you |could you ){0,2}(?:generate|implement|scaffold|(?:write|add) (?:unit )?tests?)\b/i,
  ],
  ['context_analyzer', /^(?:please |can you |could you ){0,2}(?:explain|analy[sz]e|what does)\b/i],
];

const handoffFor = (task: Task, ownRole: string): AgentAnswer | undefined => {
  const asked = ASKS.find(([, opening]) => opening.test(proseOf(task.message).trim().slice(0, 200)))?.[0];
  if (asked === undefined || asked === ownRole || task.metadata.messageType === 'handoff') return undefined;
  const reason = `the message asks for the ${asked} role and holds nothing for the ${ownRole} role`;
  return {
    content: `This is not a task for a ${ownRole}.`,
    status: 'handoff',
    metadata: { limits: [...PASTED_ONLY] },
    handoff: { agentType: role(asked), reason },
  };
};

interface OfflineRole {
  readonly role: string;
  /** What it can work on. */
  readonly kinds: readonly MaterialKind[];
  /** Asked back when there is nothing to work on. */
  readonly question: string;
  /** Undefined if none of the pieces is of use. */
  readonly work: (material: Material, task: Task) => OfflineWork | undefined;
}

/**
 * Makes the `answer` of an agent without a model: finds the material, works on it, and says what was not done. With
 * nothing to work on it hands over what plainly asks for another role and asks back for the rest.
 */
export const answerOffline =
  ({ role: ownRole, kinds, question, work }: OfflineRole) =>
  (task: Task): AgentAnswer => {
    const material = findMaterial(task, kinds);
    const done = work(material, task);
    if (done !== undefined) return offlineAnswer(done, material);
    return handoffFor(task, ownRole) ?? needsInput(question);
  };
