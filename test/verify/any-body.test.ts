import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reply } from '../e2e/client.ts';
import { explainFailures, type OwnCloud, openCloud } from '../e2e/own-cloud.ts';
import { registerAgent, startTestAgent, type TestAgent } from '../e2e/test-agent.ts';

const BODIES = 1_000;

let own: OwnCloud;
let agent: TestAgent;

beforeAll(async () => {
  agent = await startTestAgent('instant');
  own = await openCloud({ maxInstances: 4 });
  await registerAgent(own.cloud, agent);
});
afterAll(async () => {
  await own?.cloud.close();
  await agent?.close();
});
explainFailures(() => own);

/** Any text, lone surrogates and control characters among it. */
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
const json = fc.jsonValue({ maxDepth: 4 });
const id = fc.oneof(fc.stringMatching(/^[A-Za-z0-9._:-]{1,128}$/), text);
const freeObject = fc.dictionary(text, json, { maxKeys: 4 });
const attachment = fc.record({ name: text, content: text, media_type: text }, { requiredKeys: ['name', 'content'] });

/** Nearly always `right`: whatever is wrong with a body is wrong in few places. */
const mostly = (right: fc.Arbitrary<unknown>, weight = 8) =>
  fc.oneof({ weight, arbitrary: right }, { weight: 1, arbitrary: json });

const ROUTE_FIELDS = {
  message: mostly(text),
  agent_id: mostly(fc.oneof({ weight: 8, arbitrary: fc.constant('instant') }, { weight: 1, arbitrary: id })),
  conversation_id: mostly(id),
  attachments: mostly(fc.array(attachment, { maxLength: 3 })),
};

const FIELDS: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  '/v1/agents/route': ROUTE_FIELDS,
  '/v1/agents/message': {
    ...ROUTE_FIELDS,
    context_data: mostly(freeObject),
    user_preferences: mostly(freeObject),
    deadline_ms: mostly(fc.integer({ min: 2_000, max: 60_000 })),
    if_unavailable: mostly(fc.constantFrom('queue', 'fail')),
  },
};

const bodyFor = (path: string) =>
  fc.oneof(
    {
      weight: 7,
      arbitrary: fc
        .record(FIELDS[path] ?? {}, { requiredKeys: ['message', 'agent_id'] })
        .map((body) => JSON.stringify(body)),
    },
    { weight: 1, arbitrary: json.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: text },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)) },
  );

const INTERNAL =
  /arn:aws|node_modules|file:\/\/|\/index\.mjs|\n\s+at |AccessDenied|ZodError|TypeError|Conversations[0-9A-F]{8}/;

const checkTold = async ({ body }: Reply, sent: string): Promise<void> => {
  const { message, attachments } = JSON.parse(sent);
  const { body: turn } = await own.client.get(`/v1/conversations/${body.conversation_id}/turns/${body.turn_id}`);
  expect(turn.message).toBe(message);
  expect(turn.attachments ?? []).toEqual(attachments ?? []);
  if (body.status === 'answered') expect(turn.response).toEqual(body.response);
};

test.each(['/v1/agents/message', '/v1/agents/route'])(
  `${BODIES} bodies to %s: each reply keeps the contract, none is a 5xx or tells anything internal`,
  async (path) => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(bodyFor(path), async (sent) => {
        // The client holds every reply against the contract.
        const reply = await own.client.post(path, sent);
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
        expect(reply.status).toBeLessThan(500);
        // What an agent said of the message may hold anything.
        const { response: _response, candidates: _candidates, ...said } = reply.body;
        expect(JSON.stringify(said)).not.toMatch(INTERNAL);
        if (reply.body.turn_id !== undefined && typeof sent === 'string') await checkTold(reply, sent);
      }),
      { numRuns: BODIES },
    );
    // The bodies are of all kinds, or this says little.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(BODIES / 10);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(BODIES / 10);
    expect(statuses.get(404) ?? 0).toBeGreaterThan(0);
  },
);
