import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../lib/replay/options.ts';

describe('the options', () => {
  it('take a running Switchboard from the environment, else the local cloud', () => {
    const sourceIn = (args: string, environment: Record<string, string>) =>
      readOptions(args.split(' '), environment)?.from;
    const env = { SWITCHBOARD_URL: 'https://a.example/prod', SWITCHBOARD_TOKEN: 't' };
    expect(sourceIn('--conversation c', env)).toMatchObject({ source: { url: 'https://a.example/prod', token: 't' } });
    expect(sourceIn('--conversation c --url https://b.example', env)).toMatchObject({
      source: { url: 'https://b.example' },
    });
    expect(sourceIn('--conversation c', {})).toMatchObject({ source: { dataDir: '.local', user: 'alice' } });
  });

  it('ask for nothing else with --help', () => expect(readOptions(['--help', '--file', 'x'], {})).toBeUndefined());

  it.each([
    ['--conversation a --file b', 'not both'],
    ['--conversation a/b', '--conversation must be 1–128 characters'],
    ['--conversation a --url ftp://a.example', 'is not the URL'],
    ['--conversation a --url https://a.example', 'whose conversation?'],
    ['--conversation a --token t', '--token wants --url'],
  ])('rejects %s', (args, reason) => expect(() => readOptions(args.split(' '), {})).toThrow(reason));
});
