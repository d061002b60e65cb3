import { randomBytes } from 'node:crypto';
import type * as z from 'zod';
import type { AgentRequest } from '../../functions/domain/contract/agent-protocol.ts';

/** A request in its wire form. */
export type WireRequest = z.input<typeof AgentRequest>;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A turn's id that was never used. */
export const newTurnId = (): string =>
  `turn_${Array.from(randomBytes(26), (byte) => CROCKFORD[byte % CROCKFORD.length]).join('')}`;

const CODE = '```python\ndef mean(values):\n    return sum(values) / len(values)\n\nprint(mean([]))\n```';

const MESSAGES: Readonly<Record<string, string>> = {
  context_analyzer: `What does this do?\n${CODE}`,
  code_generator: `Write tests for this function:\n${CODE}`,
  debugger: `Why does this fail?\n${CODE}\nZeroDivisionError: division by zero`,
  documentation: `Write a docstring for this function:\n${CODE}`,
  code_reviewer: `Please review this:\n${CODE}`,
  supervisor: `Who should answer this? Please review it:\n${CODE}`,
};

/** A message that an agent of a role should be able to answer. */
export const messageFor = (role: string): string =>
  (Object.hasOwn(MESSAGES, role) ? MESSAGES[role] : undefined) ?? `Please look at this:\n${CODE}`;

const TRACEBACK =
  'Traceback (most recent call last):\n  File "report.py", line 12, in mean\nZeroDivisionError: division by zero';

/** Messages that plainly ask for another role than `role`, one for each other role. */
export const foreignMessagesFor = (role: string): readonly string[] =>
  [
    ['documentation', 'Please write a README for my project. It is a library that parses dates.'],
    ['debugger', `Why does my program crash?\n${TRACEBACK}`],
    ['code_reviewer', `Please review this:\n${CODE}`],
  ].flatMap(([other, message]) => (message === undefined || other === role ? [] : [message]));

const candidate = (agentId: string, role: string, capability: string) => ({
  ...{ agent_id: agentId, role, capabilities: [capability], specializations: [], score: 0.5 },
  signals: { role: 0.45, health: 1 },
  reasons: ['health adds 0.2 to its score'],
});

/** Among whom a supervisor is asked to choose. */
export const CANDIDATES = [
  candidate('a-reviewer', 'code_reviewer', 'quality'),
  candidate('a-debugger', 'debugger', 'root_cause'),
];

/** What a supervisor gets beside the rest. */
const ROUTE_REQUEST = {
  candidates: CANDIDATES,
  intent: {
    ...{ role: 'code_reviewer', task_type: 'quality', complexity: 0.2, domains: ['python'] },
    probabilities: { code_reviewer: 0.45, debugger: 0.4, none: 0.15 },
  },
};

/** A request of the contract; `changes` replaces top-level fields. */
export const sampleRequest = (role: string, deadlineMs: number, changes: Partial<WireRequest> = {}): WireRequest => ({
  message: messageFor(role),
  conversation_id: `conv_check_${randomBytes(6).toString('hex')}`,
  conversation_history: [],
  context_data: {},
  user_preferences: {},
  ...(role === 'supervisor' ? ROUTE_REQUEST : {}),
  agent_metadata: {
    turn_id: newTurnId(),
    attempt: 1,
    deadline_ms: deadlineMs,
    sender_agent: 'user',
    message_type: role === 'supervisor' ? 'route_request' : 'user_query',
    role,
    timestamp: new Date().toISOString(),
  },
  ...changes,
});

/** An exchange of the past, oldest first: two messages. */
export const pastExchange = (question: string, answer: string): WireRequest['conversation_history'] => [
  { role: 'user', content: question, timestamp: '2026-11-01T10:00:00Z', agent_id: null },
  { role: 'assistant', content: answer, timestamp: '2026-11-01T10:00:04Z', agent_id: 'another-agent' },
];
