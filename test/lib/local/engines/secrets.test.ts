import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSecrets } from '../../../../lib/local/engines/secrets.ts';
import type { ServiceCall } from '../../../../lib/local/types.ts';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const place = { region: 'us-east-1', accountId: '000000000000' };
const read = async (secrets: ReturnType<typeof openSecrets>, SecretId: string) => {
  const reply = await secrets.backend({ body: Buffer.from(JSON.stringify({ SecretId })) } as ServiceCall);
  return JSON.parse(String(reply.body)).SecretString;
};

test('secrets outlive the process, readable for their owner only', async () => {
  const secrets = openSecrets(place, folder);
  secrets.put('a/b', 'one');
  secrets.put('a/b', 'two');
  secrets.put('c', '{"bearer": "ü"}');
  const later = openSecrets(place, folder);
  expect([await read(later, 'a/b'), await read(later, 'c')]).toEqual(['two', '{"bearer": "ü"}']);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test.each([
  ['', 'x'],
  ['a b', 'x'],
  ['a'.repeat(513), 'x'],
  ['a', ''],
  ['a', 'x'.repeat(65_537)],
])('rejects what Secrets Manager would not take: %.10s, %.10s', (name, value) => {
  expect(() => openSecrets(place, undefined).put(name, value)).toThrow(RangeError);
});

test('rejects a damaged file', () => {
  writeFileSync(join(folder, 'secrets.json'), '[');
  expect(() => openSecrets(place, folder)).toThrow(/damaged/);
});
