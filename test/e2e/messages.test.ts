import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SAMPLES } from './samples.ts';
import { client } from './target.ts';

const newConversation = () => `e2e-${randomUUID()}`;

describe('a message reaches the agent for it, and comes back with what that agent can do without a model', () => {
  test('pasted code: the analyzer names its imports and functions', async () => {
    const { status, body } = await client.say(SAMPLES.code);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'answered', target_agent: 'context-analyzer' });
    expect(body.response.metadata.engine).toBe('offline');
    for (const name of ['os', 'pathlib', 'total_size', 'size_of']) expect(body.response.content).toContain(name);
  });

  test('a diff: the reviewer finds the added lines that are dangerous, with their numbers', async () => {
    const { body } = await client.say(SAMPLES.diff);
    expect(body.target_agent).toBe('code-reviewer');
    const lines = body.response.metadata.findings.map((finding: { line: number }) => finding.line);
    expect(lines).toEqual(expect.arrayContaining([11, 12]));
  });

  test('a stack trace: the debugger names the exception and the first own frame', async () => {
    const { body } = await client.say(SAMPLES.trace);
    expect(body.target_agent).toBe('debugger');
    expect(body.response.content).toContain('TypeError');
    expect(body.response.content).toMatch(
      /First own frame:\*\* `checkout` in `\/srv\/shop\/src\/cart\/checkout\.ts:42`/,
    );
  });

  test('a JSON sample: the generator makes types of it', async () => {
    const { body } = await client.say(SAMPLES.json);
    expect(body.target_agent).toBe('code-generator');
    for (const part of ['id: number', 'name: string', 'tags: string[]', 'city: string'])
      expect(body.response.content).toContain(part);
  });

  test('a README request: the documentation writer makes a skeleton of the signature', async () => {
    const { body } = await client.say(SAMPLES.readme);
    expect(body.target_agent).toBe('documentation');
    expect(body.response.content).toMatch(/^#+ /m);
    expect(body.response.content).toContain('add');
  });

  test('every answer says what it lacks without a model, and the reply why that agent was chosen', async () => {
    for (const sample of Object.values(SAMPLES)) {
      const { body } = await client.say(sample);
      expect(body.response.metadata.limits.length).toBeGreaterThan(0);
      expect(body.response.agent_id).toBe(body.target_agent);
      expect(body.routing).toMatchObject({ target_agent: body.target_agent, tier: 'model' });
      expect(body.routing.reasons.length).toBeGreaterThan(0);
      expect(body.attempts).toEqual([expect.objectContaining({ agent_id: body.target_agent, outcome: 'answered' })]);
    }
  });
});

test('an attachment is worked on like pasted text', async () => {
  const attachments = [
    { name: 'size.py', content: 'import os\n\ndef size(path):\n    return os.path.getsize(path)\n' },
  ];
  const { body } = await client.say({ message: 'Explain the attached file.', attachments });
  expect(body.target_agent).toBe('context-analyzer');
  expect(body.response.content).toContain('size.py');
});

test('a pinned agent answers, and gets nothing that clearly asks for another role', async () => {
  const { body } = await client.say({ message: SAMPLES.code, agent_id: 'code-reviewer' });
  expect(body).toMatchObject({ target_agent: 'code-reviewer', routing: { tier: 'pinned', confidence: 1 } });
  const message = 'The build fails since this morning:\nTypeError: x is undefined\n    at main (src/index.js:4:9)';
  const trace = { message, agent_id: 'code-reviewer' };
  const refused = await client.post('/v1/agents/message', trace);
  expect(refused.body).toMatchObject({ status: 400, code: 'INVALID_REQUEST', errors: [{ path: 'agent_id' }] });
  expect(refused.body.detail).toMatch(/code_reviewer.*debugger/);
  const { body: dry } = await client.post('/v1/agents/route', trace);
  expect(dry).toMatchObject({ target_agent: null, tier: 'pinned' });
  expect(dry.candidates[0]).toMatchObject({ agent_id: 'code-reviewer', rejected: 'wrong_role' });
});

test.each(['Hello!', 'thanks', 'Tell me a joke'])('%j is out of scope: answered without an agent', async (message) => {
  const { status, body } = await client.say(message);
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'answered', target_agent: null, attempts: [] });
  expect(body.response).toMatchObject({ agent_id: null, status: 'out_of_scope' });
});

describe('a dry run', () => {
  test('says who would answer and why, and stores nothing', async () => {
    const conversation_id = newConversation();
    const { status, body } = await client.post('/v1/agents/route', { message: SAMPLES.trace, conversation_id });
    expect(status).toBe(200);
    expect(body).toMatchObject({ target_agent: 'debugger', role: 'debugger', tier: 'model' });
    expect(body.candidates[0].agent_id).toBe('debugger');
    const { status: found } = await client.get(`/v1/conversations/${conversation_id}`);
    expect(found).toBe(404);
  });

  test('decides as the message itself is decided', async () => {
    for (const message of Object.values(SAMPLES)) {
      const dry = await client.post('/v1/agents/route', { message });
      const wet = await client.say(message);
      expect(dry.body.target_agent).toBe(wet.body.target_agent);
    }
  });
});

describe('a conversation', () => {
  test('a follow-up reaches its agent with what was said before', async () => {
    const conversation_id = newConversation();
    const first = await client.say({ message: SAMPLES.code, conversation_id });
    expect(first.body.history).toMatchObject({ kept_messages: 0, complete: true });
    // It carries no code: the agent can only answer from the earlier message.
    const second = await client.say({ message: 'And which functions does it define?', conversation_id });
    expect(second.body.target_agent).toBe('context-analyzer');
    expect(second.body.history).toMatchObject({ kept_messages: 2, dropped_messages: 0, complete: true });
    expect(second.body.response.metadata.material).toBe('history');
    expect(second.body.response.content).toContain('total_size');
  });

  test('ten turns sent at once are all kept, in the order of their ids', async () => {
    const conversation_id = newConversation();
    const messages = Array.from(
      { length: 10 },
      (_, index) => `Explain this: function f${index}() { return ${index}; }`,
    );
    const replies = await Promise.all(messages.map((message) => client.say({ message, conversation_id })));
    const sent = new Map(replies.map(({ body }, index) => [body.turn_id, messages[index]]));
    expect(sent.size).toBe(10);
    const { body } = await client.get(`/v1/conversations/${conversation_id}?limit=100`);
    const kept = body.turns.map((turn: { turn_id: string }) => turn.turn_id);
    expect(kept).toEqual([...sent.keys()].sort().reverse());
    for (const turn of body.turns) expect(turn).toMatchObject({ status: 'answered', message: sent.get(turn.turn_id) });
  });

  test('a turn that is sent after a reply sorts after it', async () => {
    const conversation_id = newConversation();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1)
      ids.push((await client.say({ message: `Explain line ${count}`, conversation_id })).body.turn_id);
    expect(ids).toEqual([...ids].sort());
  });

  test('a turn is read back as it was told', async () => {
    const told = (await client.say({ message: SAMPLES.diff, conversation_id: newConversation() })).body;
    const { body } = await client.get(`/v1/conversations/${told.conversation_id}/turns/${told.turn_id}`);
    for (const field of ['status', 'target_agent', 'response', 'routing', 'attempts', 'history'])
      expect(body[field]).toEqual(told[field]);
    expect(body.message).toBe(SAMPLES.diff);
  });

  test('a message of exactly 1 MiB survives whole', async () => {
    const head = 'Explain this:\n';
    const message = `${head}${'const a = "é";\n'.repeat(65_400)}`;
    const padded = message + 'x'.repeat(1024 * 1024 - Buffer.byteLength(message));
    const { status, body } = await client.say({ message: padded });
    expect(status).toBe(200);
    const turn = await client.get(`/v1/conversations/${body.conversation_id}/turns/${body.turn_id}`);
    expect(turn.body.message === padded).toBe(true);
  });
});
