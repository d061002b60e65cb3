import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAgentLambdaClient, makeLambdaAgents } from '../../functions/adapters/agents/lambda-agents.ts';
import { agentDefinition } from '../twins/samples.ts';
import { type StagedServer, startServer } from './staged-server.ts';

/** More than the monitor checks at the same time. */
const AGENTS = 120;
/** Longer than a connection may take to open: no request may wait that long for one. */
const REPLY_MS = 1_500;

let server: StagedServer;
let atOnce = 0;
let most = 0;
beforeAll(async () => {
  server = await startServer((_request, response) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    setTimeout(() => {
      atOnce -= 1;
      response.end('{"status":"healthy"}');
    }, REPLY_MS);
  });
});
afterAll(() => server.stop());

test('many slow functions are all asked at the same time, and found healthy', async () => {
  const client = makeAgentLambdaClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const agents = makeLambdaAgents(client);
  const results = await Promise.all(
    Array.from({ length: AGENTS }, (_, index) => {
      const definition = agentDefinition(`helper-${index}`, 'debugger');
      return agents.probe({ owner: 'global', definition }, AbortSignal.timeout(5_000));
    }),
  );
  client.destroy();
  expect(results.filter(({ kind }) => kind === 'failed')).toEqual([]);
  expect(most).toBe(AGENTS);
});
