import { afterEach, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../functions/adapters/instead/default-provider.ts';

afterEach(() => void vi.unstubAllEnvs());

const environment = (key: string, secret: string, token: string): void => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', key);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  vi.stubEnv('AWS_SESSION_TOKEN', token);
};

it('gives the credentials that Lambda puts into the environment', async () => {
  environment('key', 'secret', 'token');
  expect(await defaultProvider()()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' });
});

it('gives none of a session where there is none', async () => {
  environment('key', 'secret', '');
  expect(await defaultProvider()()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' });
});

it.each([
  ['', 'secret'],
  ['key', ''],
])('rejects an environment with half of them: %j, %j', async (key, secret) => {
  environment(key, secret, 'token');
  await expect(defaultProvider()()).rejects.toThrow('no AWS credentials');
});
