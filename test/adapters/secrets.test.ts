import { describe, expect, it, vi } from 'vitest';
import { makeSecrets } from '../../functions/adapters/secrets.ts';
import { NOON_MS, patience } from '../twins/samples.ts';

const NAME = 'switchboard/prod/t-acme/agent.example/main';
const SECRET = { bearer: 'token-of-acme' };

/** Secrets over a client that answers with `answer`, and a clock to move. */
const stage = (answer: () => Promise<unknown>) => {
  let nowMs = NOON_MS;
  const send = vi.fn((_command: { input: unknown }, _options?: unknown) => answer());
  const lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> | undefined }[] = [];
  const warn = (message: string, fields?: Record<string, unknown>) => void lines.push({ message, fields });
  const secrets = makeSecrets({ send } as never, { clock: () => nowMs, log: { warn } });
  return {
    send,
    lines,
    read: (name = NAME) => secrets.read(name, patience()),
    secrets,
    wait: (ms: number) => (nowMs += ms),
  };
};
const holding = (text: string | undefined) => stage(async () => ({ SecretString: text }));

describe('a secret', () => {
  it('is read once by all who ask, and again after five minutes', async () => {
    const { send, read, wait } = holding(JSON.stringify(SECRET));
    expect(await Promise.all([read(), read()])).toEqual([SECRET, SECRET]);
    wait(5 * 60_000 - 1);
    await read();
    expect(send).toHaveBeenCalledTimes(1);
    expect(send.mock.calls[0]?.[0].input).toEqual({ SecretId: NAME });
    wait(1);
    await read();
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('that an agent does not take is read anew, but not at every call', async () => {
    const { send, read, wait, secrets } = holding(JSON.stringify(SECRET));
    await read();
    secrets.doubt(NAME);
    await read();
    expect(send).toHaveBeenCalledTimes(1);
    wait(10_000);
    await read();
    expect(send).toHaveBeenCalledTimes(2);
    wait(60_000);
    await read();
    expect(send).toHaveBeenCalledTimes(2);
    secrets.doubt(NAME);
    secrets.doubt('another');
    await read();
    expect(send).toHaveBeenCalledTimes(3);
  });

  it('that cannot be read is asked for again after ten seconds, not before', async () => {
    const { send, read, wait, lines } = stage(() =>
      Promise.reject(Object.assign(new Error('arn:…'), { name: 'Late' })),
    );
    const fault = { name: 'SecretUnreadable', message: 'the secret cannot be read at the moment', cause: 'Late' };
    await expect(read()).rejects.toMatchObject(fault);
    wait(9_999);
    await expect(read()).rejects.toMatchObject({ name: 'SecretUnreadable' });
    expect(send).toHaveBeenCalledTimes(1);
    const fields = { secret: NAME, reason: fault.message, cause: 'Late' };
    expect(lines).toEqual([{ message: 'secret not readable', fields }]);
    wait(1);
    await expect(read()).rejects.toMatchObject({ name: 'SecretUnreadable' });
    expect([send.mock.calls.length, lines.length]).toEqual([2, 2]);
  });

  it.each([
    ['ResourceNotFoundException', /^there is no such secret$/],
    ['InvalidRequestException', /^there is no such secret any more$/],
    ['AccessDeniedException', /^the secret may not be read$/],
    ['DecryptionFailure', /^the secret may not be read/],
    ['ThrottlingException', /^the secret cannot be read at the moment$/],
  ])('that ends in %s says what that means', async (name, message) => {
    const { read } = stage(() => Promise.reject(Object.assign(new Error('arn:…'), { name })));
    await expect(read()).rejects.toThrow(message);
  });

  it.each([
    ['nonsense', 'it is not JSON'],
    ['7', 'it is no JSON object'],
    ['{}', 'holds nothing'],
    ['{"barer": "x"}', 'barer is not a field'],
    ['{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}', 'a is not a field, b is not a field, c is not a field, '],
    ['{"sk-live-4eC39H": ""}', 'another key is not a field'],
    ['{"bearer": "x y", "signing_key": "short"}', 'bearer is malformed, signing_key is malformed'],
    ['{"headers": {"host": "x"}}', 'headers is malformed'],
    ['{"bearer": "x", "headers": {"authorization": "y"}}', 'authorizes twice'],
  ])('that is %s says which field is wrong', async (text, problem) => {
    await expect(holding(text).read()).rejects.toThrow(
      `the secret is not {"bearer"?, "headers"?, "signing_key"?}: ${problem}`,
    );
  });

  it.each([
    undefined,
    '',
    'hunter2',
    '{"bearer": "hunter2',
    '{"bearer": "hunter2\\n"}',
    '{"barer": "hunter2"}',
    '[]',
    '"hunter2"',
  ])('rejects what is no secret of an agent, and quotes nothing of it: %j', async (text) => {
    const { read, lines } = holding(text);
    const error = await read().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'SecretUnreadable' });
    expect(lines).toHaveLength(1);
    expect(`${JSON.stringify([error, lines])} ${(error as Error).message} ${(error as Error).cause}`).not.toContain(
      'hunter2',
    );
  });

  it('survives a store that hangs: each waits as long as its own signal', async () => {
    const { secrets, send } = stage(() => new Promise(() => undefined));
    await expect(secrets.read(NAME, AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(send.mock.calls[0]?.[1]).toMatchObject({ abortSignal: expect.any(AbortSignal) });
  });

  it('is forgotten when there are a thousand newer ones', async () => {
    const { send, read } = holding(JSON.stringify(SECRET));
    for (let index = 0; index <= 1_000; index++) await read(`${NAME}${index}`);
    await read(`${NAME}1000`);
    expect(send).toHaveBeenCalledTimes(1_001);
    await read(`${NAME}0`);
    expect(send).toHaveBeenCalledTimes(1_002);
  });
});
