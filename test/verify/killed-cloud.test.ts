import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeClient } from '../e2e/client.ts';
import { startCloudProcess } from '../e2e/cloud-process.ts';

test('survives SIGKILL of the whole cloud, again and again: every turn that was answered is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-cloud-'));
  const told: { turn_id: string; response: unknown }[] = [];
  try {
    for (let round = 0; round < 4; round += 1) {
      const cloud = await startCloudProcess(['--port', '0', '--data', join(folder, 'data')]);
      try {
        const client = makeClient(cloud.url, cloud.token);
        for (const turn of told) {
          const { body } = await client.get(`/v1/conversations/kept/turns/${turn.turn_id}`);
          expect(body).toMatchObject({ status: 'answered', response: turn.response });
        }
        const says = Array.from({ length: 8 }, async (_, index) => {
          const reply = await client.say({ message: `Explain ${round}.${index}`, conversation_id: 'kept' });
          told.push(reply.body);
          // The first answer is the last moment of this cloud; the other turns are cut off wherever they are.
          cloud.child.kill('SIGKILL');
        });
        const results = await Promise.allSettled(says);
        expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
      } finally {
        cloud.child.kill('SIGKILL');
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
