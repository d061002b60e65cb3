import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeClock } from '../../../../lib/local/clock.ts';
import {
  ConcurrencyExceeded,
  FunctionFailed,
  FunctionNotFound,
} from '../../../../lib/local/lambda/function-failures.ts';
import { type FunctionHostSettings, startFunctionHost } from '../../../../lib/local/lambda/function-host.ts';
import type { FunctionHost, Resource } from '../../../../lib/local/types.ts';
import { account, bundleOf, fn, metricLog, resource } from '../hand-made-account.ts';

const SLOW_ECHO = `
export const handler = async (event, context) => {
  await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
  return { pid: process.pid, now: Date.now(), made: new Date().getTime(), left: context.getRemainingTimeInMillis(),
    arn: context.invokedFunctionArn, env: process.env };
};`;
const MISBEHAVING = `
import { spawn } from 'node:child_process';
let calls = 0;
export const handler = async (event) => {
  calls += 1;
  if (event.do === 'throw') { const error = new Error('no luck'); error.name = 'NoLuck'; throw error; }
  if (event.do === 'exit') process.exit(3);
  if (event.do === 'crash') { setTimeout(() => { throw new Error('in the background'); }); await new Promise(() => {}); }
  if (event.do === 'hang') for (;;);
  if (event.do === 'leak') for (const leaked = [];;) leaked.push({ index: leaked.length });
  if (event.do === 'big') return 'x'.repeat(7 * 1024 * 1024);
  if (event.do === 'child') { const child = spawn('sleep', ['600']); return child.pid; }
  if (event.do === 'fail first' && calls < 3) throw new Error('not yet');
  if (event.do === 'log') {
    console.log('a line');
    console.log(JSON.stringify({ _aws: { Timestamp: 5, CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [['stage'], []],
      Metrics: [{ Name: 'Took', Unit: 'Milliseconds' }] }] }, stage: 'local', Took: [1, 2] }));
  }
  return calls;
};`;
const STREAMING = `
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.fail === 'before') throw new Error('before');
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
  out.write('first');
  await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
  if (event.fail === 'after') throw new Error('after');
  if (event.fail === 'exit') process.exit(1);
  out.write('x'.repeat(event.size ?? 0));
  if (event.fail === 'open') return;
  out.end('last');
});`;

const folder = mkdtempSync(join(tmpdir(), 'function-host-'));
const clock = makeClock();
let host: FunctionHost;
let metrics: ReturnType<typeof metricLog>;
let lines: string[];

const start = async (resources: readonly Resource[], options: Partial<FunctionHostSettings> = {}) => {
  metrics = metricLog();
  lines = [];
  host = await startFunctionHost({
    account: account(resources),
    codeDirectory: ({ logicalId }) => join(folder, logicalId),
    environment: { endpointUrl: 'http://127.0.0.1:1' },
    clock,
    log: ({ text }) => lines.push(text),
    metrics,
    ...options,
  });
};
const invoke = async (ref: string, event: object) => {
  const result = await host.invoke(ref, Buffer.from(JSON.stringify(event)));
  return { ...result, body: JSON.parse(result.payload.toString()) };
};
/** A zombie is dead, too: it only waits for whoever inherited it. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') === false;
  } catch {
    return false;
  }
};

beforeAll(() => {
  bundleOf(folder, 'Echo', SLOW_ECHO);
  bundleOf(folder, 'Bad', MISBEHAVING);
  bundleOf(folder, 'Stream', STREAMING);
  bundleOf(folder, 'Broken', `import './missing.mjs';`);
});
afterEach(() => host.close());
afterAll(() => rmSync(folder, { recursive: true }));

describe('instances', () => {
  it('run concurrent events apart, and later ones again in the one used last', async () => {
    await start(fn('Echo'));
    const [a, b] = await Promise.all([invoke('Echo', { ms: 300 }), invoke('Echo', { ms: 500 })]);
    expect(a.body.pid).not.toBe(b.body.pid);
    for (let n = 0; n < 3; n++) {
      await vi.waitFor(() => expect(host.list()[0]?.instances.every(({ busy }) => !busy)).toBe(true));
      expect((await invoke('Echo', {})).body.pid).toBe(b.body.pid);
    }
    expect(
      host
        .list()[0]
        ?.instances.map(({ pid }) => pid)
        .sort(),
    ).toEqual([a.body.pid, b.body.pid].sort());
  });

  it('get the environment of the template and of Lambda, and nothing else', async () => {
    vi.stubEnv('SECRET_OF_THE_PARENT', 'x');
    await start(fn('Echo', { Environment: { Variables: { STAGE: 'local' } } }));
    const { env, arn } = (await invoke('Echo:live', {})).body;
    expect(env).toMatchObject({
      STAGE: 'local',
      AWS_ACCESS_KEY_ID: 'EchoRole',
      AWS_LAMBDA_FUNCTION_NAME: 'Echo',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      TZ: ':UTC',
    });
    expect(env).not.toHaveProperty('SECRET_OF_THE_PARENT');
    expect(env).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(arn).toBe('arn:aws:lambda:us-east-1:000000000000:function:Echo:live');
    vi.unstubAllEnvs();
  });

  it('rejects what exceeds the limit, and counts it as throttled', async () => {
    await start(fn('Echo', { ReservedConcurrentExecutions: 1 }));
    const first = invoke('Echo', { ms: 300 });
    await expect(invoke('Echo', {})).rejects.toBeInstanceOf(ConcurrencyExceeded);
    await first;
    expect(metrics.values('Throttles', { FunctionName: 'Echo' })).toEqual([1]);
    expect(metrics.values('Invocations', { FunctionName: 'Echo' })).toEqual([1]);
  });

  it('end when they have been idle for long', async () => {
    await start(fn('Echo'), { idleMs: 50 });
    const { pid } = (await invoke('Echo', {})).body;
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 2000);
  });

  it('rejects functions, aliases and accounts that do not exist', async () => {
    await start(fn('Echo'));
    for (const ref of ['Nope', 'Echo:nope', 'arn:aws:lambda:us-east-1:111111111111:function:Echo'])
      await expect(invoke(ref, {})).rejects.toBeInstanceOf(FunctionNotFound);
  });
});

describe('clocks', () => {
  it('follow the cloud clock with every event, apart by their skew', async () => {
    await start(fn('Echo', { Timeout: 10 }));
    const before = (await invoke('Echo', {})).body;
    expect(Math.abs(before.now - Date.now())).toBeLessThan(1000);
    clock.advance(3_600_000);
    host.setSkew('Echo', (index) => (index === 0 ? -2000 : 2000));
    const after = (await invoke('Echo', {})).body;
    expect(after.pid).toBe(before.pid);
    expect(Math.abs(after.now - (clock.now() - 2000))).toBeLessThan(1000);
    expect(Math.abs(after.made - after.now)).toBeLessThan(100);
    expect(after.left).toBeGreaterThan(9000);
    expect(after.left).toBeLessThanOrEqual(10_000);
  });
});

describe('failures', () => {
  it('survives a handler that throws, with name, message and trace', async () => {
    await start(fn('Bad'));
    const { functionError, body } = await invoke('Bad', { do: 'throw' });
    expect(functionError).toBe('Unhandled');
    expect(body).toMatchObject({ errorType: 'NoLuck', errorMessage: 'no luck', trace: expect.any(Array) });
    expect((await invoke('Bad', {})).body).toBe(2);
    expect(metrics.values('Errors', { FunctionName: 'Bad' })).toEqual([1, 0]);
  });

  it('survives a process that exits', async () => {
    await start(fn('Bad'));
    const { functionError, body } = await invoke('Bad', { do: 'exit' });
    expect(functionError).toBe('Unhandled');
    expect(body.errorType).toBe('Runtime.ExitError');
    expect(body.errorMessage).toMatch(/^RequestId: \S{36} Error: Runtime exited with error: exit status 3$/);
    expect((await invoke('Bad', {})).body).toBe(1);
  });

  it('survives an exception outside of the handler', async () => {
    await start(fn('Bad'));
    expect((await invoke('Bad', { do: 'crash' })).body).toMatchObject({ errorMessage: 'in the background' });
    expect((await invoke('Bad', {})).body).toBe(1);
  });

  it('survives an endless loop: the timeout kills the process', async () => {
    await start(fn('Bad', { Timeout: 1 }));
    const { functionError, body } = await invoke('Bad', { do: 'hang' });
    expect(functionError).toBe('Unhandled');
    expect(body.errorType).toBe('Sandbox.Timedout');
    expect(body.errorMessage).toMatch(/^RequestId: \S{36} Error: Task timed out after 1.00 seconds$/);
    expect((await invoke('Bad', {})).body).toBe(1);
  });

  it('survives a function that takes more memory than it has: its process dies', async () => {
    await start(fn('Bad', { MemorySize: 128, Timeout: 60 }));
    const { functionError, body } = await invoke('Bad', { do: 'leak' });
    expect(functionError).toBe('Unhandled');
    expect(body.errorType).toBe('Runtime.ExitError');
    expect(body.errorMessage).toMatch(/signal: aborted$/);
    expect((await invoke('Bad', {})).body).toBe(1);
  });

  it('survives a kill in the middle of an event', async () => {
    await start([...fn('Echo', { Timeout: 30 }), ...fn('Bad')]);
    const result = invoke('Echo', { ms: 20_000 });
    await vi.waitFor(() => expect(host.list()[0]?.instances).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(host.kill('Echo')).toBe(1);
    expect((await result).body.errorMessage).toMatch(/signal: killed$/);
    expect(host.kill('Bad')).toBe(0);
  });

  it('rejects a bundle that cannot be imported and a handler that is not there', async () => {
    await start([
      ...fn('Broken'),
      ...fn('Echo', { Handler: 'index.nope' }),
      ...fn('Bad', { Handler: 'other.handler' }),
    ]);
    expect((await invoke('Broken', {})).body.errorMessage).toMatch(/missing\.mjs/);
    expect((await invoke('Echo', {})).body).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
    expect((await invoke('Bad', {})).body).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
  });

  it('rejects a reply above 6 MB', async () => {
    await start(fn('Bad'));
    expect((await invoke('Bad', { do: 'big' })).body.errorType).toBe('Function.ResponseSizeTooLarge');
    expect((await invoke('Bad', {})).body).toBe(2);
  });
});

describe('streams', () => {
  const read = async (event: object) => {
    const { contentType, chunks } = await host.invokeStreaming('Stream:live', Buffer.from(JSON.stringify(event)));
    const seen: { text: string; atMs: number }[] = [];
    try {
      for await (const chunk of chunks) seen.push({ text: Buffer.from(chunk).toString(), atMs: performance.now() });
    } catch (error) {
      return { contentType, seen, error };
    }
    return { contentType, seen, error: undefined };
  };

  it('pass the first chunk on before the last is written', async () => {
    await start(fn('Stream'));
    const { contentType, seen, error } = await read({ ms: 400 });
    expect(error).toBeUndefined();
    expect(contentType).toBe('application/vnd.awslambda.http-integration-response');
    expect(seen.map(({ text }) => text).join('')).toBe(`{"statusCode":201}${'\0'.repeat(8)}firstlast`);
    expect((seen.at(-1)?.atMs ?? 0) - (seen[0]?.atMs ?? 0)).toBeGreaterThan(300);
    expect(metrics.values('Errors', { FunctionName: 'Stream', Resource: 'Stream:live' })).toEqual([0]);
  });

  it('come whole to who invokes without streaming', async () => {
    await start(fn('Stream'));
    const { payload } = await host.invoke('Stream', Buffer.from('{"size":3000000}'));
    expect(payload.length).toBeGreaterThan(3_000_000);
    expect(payload.toString('latin1').endsWith('last')).toBe(true);
  });

  it.each([
    ['before', 'before'],
    ['after', 'after'],
    ['open', 'The handler returned before it ended its response stream'],
  ])('survives a handler that fails: %s', async (fail, message) => {
    await start(fn('Stream'));
    const { error } = await read({ fail });
    expect(error).toBeInstanceOf(FunctionFailed);
    expect(JSON.parse((error as FunctionFailed).payload.toString()).errorMessage).toBe(message);
    expect((await read({})).error).toBeUndefined();
    expect(metrics.values('Errors', { FunctionName: 'Stream' })).toEqual([1, 0]);
  });

  it('survives a process that dies or hangs in the middle', async () => {
    await start(fn('Stream', { Timeout: 1 }));
    const died = await read({ fail: 'exit' });
    expect(JSON.parse((died.error as FunctionFailed).payload.toString()).errorType).toBe('Runtime.ExitError');
    const hung = await read({ ms: 5000 });
    expect(JSON.parse((hung.error as FunctionFailed).payload.toString()).errorType).toBe('Sandbox.Timedout');
    expect(hung.seen).not.toHaveLength(0);
  });

  it('survives a reader that stops early: the function runs on and is used again', async () => {
    await start(fn('Stream'));
    const { chunks } = await host.invokeStreaming('Stream', Buffer.from('{"size":5000000}'));
    for await (const chunk of chunks) if (chunk.length > 0) break;
    const [pid] = host.list()[0]?.instances.map((instance) => instance.pid) ?? [];
    await vi.waitFor(() => expect(host.list()[0]?.instances).toEqual([{ pid, busy: false }]));
  });
});

describe('asynchronous events', () => {
  it('are accepted at once and retried until they succeed', async () => {
    await start(fn('Bad'), { retryDelaysMs: [10, 10] });
    await host.invokeAsync('Bad', Buffer.from('{"do":"fail first"}'));
    expect(metrics.data).toHaveLength(0);
    await host.idle();
    expect(metrics.values('Errors', { FunctionName: 'Bad' })).toEqual([1, 1, 0]);
    expect(metrics.values('AsyncEventsDropped', { FunctionName: 'Bad' })).toEqual([]);
  });

  it('are dropped after the retries that the template allows', async () => {
    const config = { FunctionName: 'Bad', Qualifier: 'live', MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    await start([...fn('Bad'), resource('Config', 'AWS::Lambda::EventInvokeConfig', config)]);
    await host.invokeAsync('Bad:live', Buffer.from('{"do":"throw"}'));
    await host.idle();
    expect(metrics.values('Invocations', { FunctionName: 'Bad' })).toEqual([1]);
    expect(metrics.values('AsyncEventsDropped', { FunctionName: 'Bad' })).toEqual([1]);
    await expect(host.invokeAsync('Nope', Buffer.from('{}'))).rejects.toBeInstanceOf(FunctionNotFound);
  });
});

describe('output', () => {
  it('goes to the log, and metrics in it to the store', async () => {
    await start(fn('Bad'));
    await invoke('Bad', { do: 'log' });
    await vi.waitFor(() => expect(lines).toContain('a line'));
    expect(metrics.data.filter(({ namespace }) => namespace === 'N')).toEqual(
      [{ stage: 'local' }, {}].flatMap((dimensions) =>
        [1, 2].map((value) => ({ namespace: 'N', name: 'Took', dimensions, unit: 'Milliseconds', value, atMs: 5 })),
      ),
    );
  });
});

describe('no process is left behind', () => {
  it('survives nothing after close, not even a process that an instance started', async () => {
    await start([...fn('Bad'), ...fn('Echo')]);
    const child = (await invoke('Bad', { do: 'child' })).body;
    void invoke('Echo', { ms: 10_000 });
    await vi.waitFor(() => expect(host.list()[1]?.instances).toHaveLength(1));
    const pids = host.list().flatMap(({ instances }) => instances.map(({ pid }) => pid));
    expect([...pids, child].every(isAlive)).toBe(true);
    await host.close();
    await vi.waitFor(() => expect([...pids, child].filter(isAlive)).toEqual([]));
  });

  it('survives nothing when the parent is killed', async () => {
    await start([]);
    const script = new URL('crashing-parent.ts', import.meta.url).pathname;
    const parent: ChildProcess = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (parent.stdout === null) throw new Error('no output');
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pids: number[] = JSON.parse(line);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    expect(pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 3000);
  });
});
