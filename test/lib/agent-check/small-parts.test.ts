import { describe, expect, it } from 'vitest';
import { findLeak } from '../../../lib/agent-check/find-leak.ts';
import { readOptions, UsageError } from '../../../lib/agent-check/options.ts';
import { readStream } from '../../../lib/agent-check/read-stream.ts';
import { foreignMessagesFor, sampleRequest } from '../../../lib/agent-check/sample-requests.ts';
import { signingKeyBytes, signRequest } from '../../../lib/agent-check/sign-request.ts';

describe('a signature', () => {
  it('is that of the reference vector of Standard Webhooks', () => {
    const key = signingKeyBytes('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? Buffer.of();
    expect(signRequest(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}')).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each(['', 'whsec_', 'whsec_!', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(88)}`, 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])(
    'rejects the key %j',
    (key) => expect(signingKeyBytes(key)).toBeUndefined(),
  );
});

describe('a stream', () => {
  it('is read as browsers read it', () => {
    const text =
      '\ufeff: hello\r\nevent: delta\r\ndata: a\r\ndata:b\r\n\r\ndata: c\n\nevent: x\n\nid: 5\revent:done\rdata\r\r';
    expect(readStream(text)).toEqual([
      { event: 'delta', data: 'a\nb' },
      { event: 'message', data: 'c' },
      { event: 'done', data: '' },
    ]);
  });

  it('rejects an event that was cut off', () => expect(readStream('event: done\ndata: {}')).toEqual([]));
});

describe('a fault', () => {
  it.each([
    'Traceback (most recent call last):\n  File "x.py", line 3',
    '{"errorType":"TypeError","trace":["TypeError: x","    at handler (file:///var/task/index.mjs:1:2)"]}',
    'java.lang.NullPointerException\n\tat com.example.Agent.answer(Agent.java:12)',
    '{"error":"ENOENT: no such file, open \'/home/me/agent/key.pem\'"}',
    'goroutine 1 [running]:',
    String.raw`{"error":"C:\\agents\\app.exe failed"}`,
    'arn:aws:iam::123456789012:role/agent is not allowed',
  ])('shows what it should not: %j', (text) => expect(findLeak(text)).toBeDefined());

  it.each([
    '',
    '{"detail":"not a request of the agent contract"}',
    '{"errorType":"INVALID_REQUEST","errorMessage":"message: invalid_type","trace":["INVALID_REQUEST: message: invalid_type"]}',
    'See https://example.com/docs/app/errors for what went wrong at 10:30.',
    'POST /v1/answer expects application/json',
    'Not found at line 3',
  ])('may say %j', (text) => expect(findLeak(text)).toBeUndefined());
});

describe('a sample message', () => {
  it.each(['code_reviewer', 'poet', 'constructor'])('is a text, for a %s too', (role) => {
    expect(sampleRequest(role, 1_000).message).toMatch(/```python/);
  });

  it.each(['documentation', 'debugger', 'code_reviewer'])('for other roles than %s asks for two of them', (role) => {
    expect(foreignMessagesFor(role)).toHaveLength(2);
    expect(foreignMessagesFor('poet')).toEqual(expect.arrayContaining([...foreignMessagesFor(role)]));
  });
});

describe('the options', () => {
  it('are read', () => {
    const { check, json } = readOptions(
      'https://a.example/x --health https://a.example/h --role code_reviewer --timeout 2.5 --bearer t --header X-Key:v --json'.split(
        ' ',
      ),
    );
    expect(json).toBe(true);
    expect(check).toEqual({
      address: 'https://a.example/x',
      healthAddress: 'https://a.example/h',
      role: 'code_reviewer',
      timeoutMs: 2_500,
      credentials: { authorization: 'Bearer t', 'x-key': 'v' },
    });
    for (const role of ['poet', 'supervisor', 'constructor'])
      expect(readOptions(['https://a.example', '--role', role]).check?.role).toBe(role);
    expect(readOptions(['arn:aws:lambda:eu-west-1:123456789012:function:agent:live']).check?.role).toBe('debugger');
  });

  it.each([
    ['', /which agent/],
    ['a.example', /neither the URL nor the ARN/],
    ['ftp://a.example/', /neither the URL nor the ARN/],
    ['arn:aws:s3:::bucket', /neither the URL nor the ARN/],
    ['https://a.example https://b.example', /one agent/],
    ['https://a.example --role Poet', /--role Poet must be 1–64 of a-z 0-9 _/],
    ['https://a.example --role user', /--role user is a reserved word/],
    ['https://a.example --timeout 0', /--timeout 0/],
    ['https://a.example --timeout 1e3', /--timeout 1e3/],
    ['https://a.example --header x', /name:value/],
    ['https://a.example --signing-key secret', /--signing-key is not whsec_/],
    ['https://a.example --colour', /colour/],
    ['https://a.example --endpoint-url here', /--endpoint-url/],
  ])('rejects %j', (line, message) => {
    const read = () => readOptions(line.split(' ').filter((word) => word !== ''));
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it('rejects a wrong secret without quoting it', () => {
    expect(() => readOptions(['https://a.example', '--signing-key', 'hunter2'])).toThrow(/^(?!.*hunter2)/);
    expect(() => readOptions(['https://a.example', '--header', 'X-Key: hünter2'])).toThrow(/^(?!.*hünter2)/);
  });
});
