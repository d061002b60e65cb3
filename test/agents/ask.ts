import type { AgentHandler } from '../../functions/agents/kit/define-agent.ts';

export const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 30_000 };

export interface Said {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A request as the router sends it. */
export const request = (
  message: string,
  {
    history = [],
    attachments = [],
    ...metadata
  }: {
    history?: readonly Said[];
    attachments?: readonly { name: string; content: string }[];
    [field: string]: unknown;
  } = {},
) => ({
  message,
  conversation_id: 'conv_1',
  conversation_history: history.map(({ role, content }, index) => ({
    role,
    content,
    timestamp: `2026-11-01T10:0${index}:00Z`,
    agent_id: role === 'user' ? null : 'an-agent',
  })),
  context_data: {},
  user_preferences: {},
  attachments,
  agent_metadata: {
    turn_id: 'turn_01JBCDEFGHJKMNPQRSTVWXYZ01',
    attempt: 1,
    deadline_ms: 20_000,
    sender_agent: 'user',
    message_type: 'user_query',
    role: 'debugger',
    timestamp: '2026-11-01T10:09:00Z',
    ...metadata,
  },
});

export interface Reply {
  readonly content: string;
  readonly status: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly handoff?: { readonly agent_type: string; readonly reason: string };
}

/** What an agent answers to a message. */
export const ask = async (
  handler: AgentHandler,
  message: string,
  options: Parameters<typeof request>[1] = {},
): Promise<Reply> => (await handler(request(message, options), context)) as unknown as Reply;
