import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { client, hasOtherUser, isLocal, otherClient, signed } from './target.ts';

const say = async (as: typeof client, conversation_id: string, message = 'Explain closures') =>
  (await as.say({ message, conversation_id })).body;

describe("the caller's conversations", () => {
  test.skipIf(!isLocal)('are listed newest activity first, page by page', async () => {
    const carol = client.as(await signed({ user: `carol-${randomUUID()}` }));
    expect((await carol.get('/v1/conversations')).body).toEqual({ conversations: [] });
    const ids = ['one', 'two', 'three', 'four', 'five'];
    for (const id of ids) await say(carol, id, `Explain ${id}`);
    await say(carol, 'two', 'And again?');

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      const { body } = await carol.get(`/v1/conversations?${query}`);
      expect(body.conversations.length).toBeLessThanOrEqual(2);
      seen.push(...body.conversations.map((one: { conversation_id: string }) => one.conversation_id));
      cursor = body.next;
    } while (cursor !== undefined);
    expect(seen).toEqual(['two', 'five', 'four', 'three', 'one']);
  });

  test('have a title, and turns newest first, page by page', async () => {
    const id = `e2e-${randomUUID()}`;
    for (let count = 0; count < 3; count += 1) await say(client, id, `Explain number ${count}`);
    const first = (await client.get(`/v1/conversations/${id}?limit=2`)).body;
    expect(first.title).toContain('Explain number 0');
    expect(first.turns.map(({ message }: { message: string }) => message)).toEqual([
      'Explain number 2',
      'Explain number 1',
    ]);
    const second = (await client.get(`/v1/conversations/${id}?limit=2&cursor=${encodeURIComponent(first.next)}`)).body;
    expect(second.turns.map(({ message }: { message: string }) => message)).toEqual(['Explain number 0']);
    expect(second.next).toBeUndefined();
  });

  test('rejects a limit or cursor that is none', async () => {
    const id = `e2e-${randomUUID()}`;
    await say(client, id);
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=%00', 'cursor=nonsense', 'page=2'])
      for (const path of ['/v1/conversations', `/v1/conversations/${id}`]) {
        const { status, body } = await client.get(`${path}?${query}`);
        expect([path, query, status, body.code]).toEqual([path, query, 400, 'INVALID_REQUEST']);
      }
  });

  test.each(['nobody-knows-it', 'x'.repeat(300), 'a%23b', 'a%2Fb', '__proto__', '%00'])(
    'rejects %s as unknown',
    async (id) => {
      const { status, body } = await client.get(`/v1/conversations/${id}`);
      expect([status, body.code]).toEqual([404, 'CONVERSATION_NOT_FOUND']);
    },
  );

  test('rejects an unknown turn', async () => {
    const { conversation_id } = await say(client, `e2e-${randomUUID()}`);
    for (const turn of ['turn_01ABCDEFGHJKMNPQRSTVWXYZ00', 'turn_1', 'head', '__proto__', 'a%23b']) {
      const { status, body } = await client.get(`/v1/conversations/${conversation_id}/turns/${turn}`);
      expect([turn, status, body.code]).toEqual([turn, 404, 'TURN_NOT_FOUND']);
    }
  });
});

describe.skipIf(!hasOtherUser)("another user's conversation", () => {
  test('does not exist: not to read, not in a list, and its id opens one of their own', async () => {
    const id = `e2e-${randomUUID()}`;
    const mine = await say(client, id, 'Explain my secret');
    expect((await otherClient.get(`/v1/conversations/${id}`)).body.code).toBe('CONVERSATION_NOT_FOUND');
    const turn = await otherClient.get(`/v1/conversations/${id}/turns/${mine.turn_id}`);
    expect(turn.body.code).toBe('TURN_NOT_FOUND');

    const theirs = await say(otherClient, id, 'And that?');
    expect(theirs.history.kept_messages).toBe(0);
    for (const [as, count] of [
      [client, 1],
      [otherClient, 1],
    ] as const)
      expect((await as.get(`/v1/conversations/${id}`)).body.turns).toHaveLength(count);
    expect(JSON.stringify((await otherClient.get('/v1/conversations?limit=100')).body)).not.toContain('my secret');
  });

  test.skipIf(!isLocal)('a user whose name holds separators can not reach into another', async () => {
    const id = `e2e-${randomUUID()}`;
    const names = ['eve#', 'eve', 'eve#conversation', 'eve%23', 'EVE', 'eve ', '../eve', 'eve\u0000'];
    const users = await Promise.all(names.map(async (user) => client.as(await signed({ user: `${user}${id}` }))));
    for (const user of users) await say(user, id);
    for (const user of users) expect((await user.get(`/v1/conversations/${id}`)).body.turns).toHaveLength(1);
  });
});
