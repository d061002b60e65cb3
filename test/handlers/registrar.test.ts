import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeProbeAgent } from '../../functions/application/health/probe-agent.ts';
import { makeDeployAgent } from '../../functions/application/registry/deploy-agent.ts';
import { makeDeployBuiltInAgents } from '../../functions/application/registry/deploy-built-in-agents.ts';
import { makeWithdrawAgent } from '../../functions/application/registry/withdraw-agent.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { makeAgentResources } from '../../functions/handlers/shared/agent-resources.ts';
import { answering, type CustomResource } from '../../functions/handlers/shared/custom-resource.ts';
import { wait } from '../../functions/handlers/shared/wait.ts';
import { makeMemoryAgentCaller } from '../twins/agent-caller.ts';
import { makeMemoryAgentStore } from '../twins/agent-store.ts';
import { patience } from '../twins/samples.ts';
import { silentLog } from '../twins/silent-log.ts';

type Answer = Readonly<Record<string, unknown>> & { Status: string; Reason: string; PhysicalResourceId: string };

/** Takes the place of the pre-signed URLs. */
const answers: Answer[] = [];
let bytes = 0;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  bytes = Buffer.concat(chunks).length;
  answers.push(JSON.parse(Buffer.concat(chunks).toString()));
  response.writeHead(request.url === '/expired' ? 403 : 200).end();
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  answers.length = 0;
});

const context = (remainingMs = 60_000) => ({ getRemainingTimeInMillis: () => remainingMs });
const event = (changes: Readonly<Record<string, unknown>>) => ({
  RequestType: 'Create',
  ResourceType: 'Custom::SwitchboardAgent',
  ResponseURL: `${url}/answer`,
  StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/team/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Registration',
  ResourceProperties: {},
  ...changes,
});
const answerTo = async (resource: CustomResource, changes: Readonly<Record<string, unknown>>, remainingMs?: number) => {
  await answering(resource, silentLog)(event(changes), context(remainingMs));
  expect(answers).toHaveLength(1);
  return answers.pop() as Answer;
};

describe('CloudFormation is answered', () => {
  const fine: CustomResource = async () => ({ physicalResourceId: 'global/a', outcome: 'a: registered, healthy' });

  test('what was done', async () => {
    expect(await answerTo(fine, {})).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'global/a',
      StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/team/1',
      RequestId: 'request-1',
      LogicalResourceId: 'Registration',
      Data: { Outcome: 'a: registered, healthy' },
    });
  });

  test('without anything internal when something unexpected happens', async () => {
    const broken: CustomResource = () => {
      throw new Error('arn:aws:dynamodb:secret');
    };
    const { Status, Reason, PhysicalResourceId } = await answerTo(broken, {});
    expect([Status, PhysicalResourceId]).toEqual(['FAILED', 'nothing']);
    expect(Reason).toMatch(/log/);
    expect(Reason).not.toMatch(/secret/);
  });

  test('before the function’s own timeout, when it takes too long', async () => {
    const hanging: CustomResource = () => new Promise(() => undefined);
    const { Status, Reason, PhysicalResourceId } = await answerTo(hanging, { PhysicalResourceId: 'global/a' }, 15_050);
    expect([Status, Reason, PhysicalResourceId]).toEqual(['FAILED', 'It took too long; try again.', 'global/a']);
  });

  test('with the reason of work that stops by itself when its time is up', async () => {
    const stopping: CustomResource = async (_, signal) => {
      await wait(60_000, signal).catch(() => {
        throw new Failure('DEADLINE_EXCEEDED', 'The last turns are not over yet.');
      });
      return { physicalResourceId: 'global/a', outcome: '' };
    };
    expect((await answerTo(stopping, {}, 15_050)).Reason).toBe('The last turns are not over yet.');
  });

  test('in 4,096 bytes, however much there is to say', async () => {
    await answerTo(async () => ({ physicalResourceId: 'global/a', outcome: '…'.repeat(9_000) }), {});
    expect(bytes).toBeLessThan(4_096);
  });

  test('survives an answer that was not taken: Lambda invokes again', async () => {
    const handled = answering(fine, silentLog)(event({ ResponseURL: `${url}/expired` }), context());
    await expect(handled).rejects.toThrow('403');
  });
});

describe('the registrar', () => {
  const makeRegistrar = () => {
    const clock = () => Date.now();
    const agents = makeMemoryAgentStore([], clock);
    const probe = makeProbeAgent({ caller: makeMemoryAgentCaller(), clock, stopwatch: clock });
    const deployAgent = makeDeployAgent({ agents, probe, clock, log: silentLog });
    const withdrawAgent = makeWithdrawAgent({ agents, clock, wait: async () => undefined, log: silentLog });
    const deployBuiltInAgents = makeDeployBuiltInAgents({ deployAgent, withdrawAgent });
    const resources = makeAgentResources({ deployAgent, withdrawAgent, deployBuiltInAgents });
    const ids = async (owner: string) =>
      (await agents.ofOwner(owner as 'global', patience())).map(({ definition }) => definition.agentId);
    return { ids, answer: (changes: Readonly<Record<string, unknown>>) => answerTo(resources, changes) };
  };
  const definition = (changes: Readonly<Record<string, unknown>> = {}) => ({
    agent_id: 'writer',
    agent_type: 'documentation',
    name: 'Writer',
    description: 'Writes.',
    capabilities: ['changelog'],
    specializations: [],
    endpoint_url: 'arn:aws:lambda:eu-central-1:123456789012:function:writer:live',
    ...changes,
  });
  const properties = (changes: Readonly<Record<string, unknown>> = {}, owner = 'global') => ({
    ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:registrar:live',
    Owner: owner,
    Definition: JSON.stringify(definition(changes)),
  });

  test('registers a team’s agent, renames it by replacement, and takes it away', async () => {
    const { answer, ids } = makeRegistrar();
    const old = properties({}, 'acme');
    const created = await answer({ ResourceProperties: old });
    expect(created).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'tenant/acme/writer' });
    const next = properties({ agent_id: 'author' }, 'acme');
    const updated = await answer({
      RequestType: 'Update',
      PhysicalResourceId: created.PhysicalResourceId,
      ResourceProperties: next,
      OldResourceProperties: old,
    });
    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'tenant/acme/author' });
    const removal = { RequestType: 'Delete', PhysicalResourceId: created.PhysicalResourceId };
    expect(await answer({ ...removal, ResourceProperties: old })).toMatchObject({ Status: 'SUCCESS' });
    expect(await ids('acme')).toEqual(['author']);
    expect(await ids('global')).toEqual([]);
  });

  test('compares with what the last deployment said', async () => {
    const { answer } = makeRegistrar();
    const old = properties();
    const { PhysicalResourceId } = await answer({ ResourceProperties: old });
    const { Data } = await answer({
      RequestType: 'Update',
      PhysicalResourceId,
      ResourceProperties: properties({ name: 'New' }),
      OldResourceProperties: old,
    });
    expect(Data).toEqual({ Outcome: 'writer: updated, healthy' });
  });

  test.each([
    ['a role that there is not', { agent_type: 'poet' }, /^Definition\.agent_type: poet is not a role/],
    ['an unknown field', { colour: 'red' }, /^Definition\.colour: is not a field/],
    ['an HTTPS endpoint', { endpoint_url: 'https://example.com' }, /^Definition\.endpoint_url: must be the ARN/],
    ['credentials', { credentials: { secret: 's' } }, /^Definition\.credentials: /],
    ['a timeout that its removal can’t wait for', { timeout_seconds: 871 }, /timeout_seconds: must be at most 870/],
  ])('rejects %s, and then there is nothing to delete', async (_, changes, reason) => {
    const { answer, ids } = makeRegistrar();
    const ResourceProperties = properties(changes);
    const { Status, Reason, PhysicalResourceId } = await answer({ ResourceProperties });
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(reason);
    const removal = { RequestType: 'Delete', PhysicalResourceId, ResourceProperties };
    expect(await answer(removal)).toMatchObject({ Status: 'SUCCESS' });
    expect(await ids('global')).toEqual([]);
  });

  test.each([
    ['no definition', { Owner: 'global' }, /^Definition: /],
    ['a definition that is no JSON', { Owner: 'global', Definition: '{' }, /^Definition: is not JSON/],
    ['an empty owner', properties({}, ''), /^Owner: /],
  ])('rejects %s', async (_, ResourceProperties, reason) => {
    const { Status, Reason } = await makeRegistrar().answer({ ResourceProperties });
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(reason);
  });

  test('registers the built-in agents and leaves them when the stack goes', async () => {
    const { answer, ids } = makeRegistrar();
    const builtIns = (...ids: string[]) => ({ Agents: JSON.stringify(ids.map((id) => definition({ agent_id: id }))) });
    const resource = { ResourceType: 'Custom::BuiltInAgents', PhysicalResourceId: 'built-in-agents' };
    const { Data } = await answer({ ...resource, ResourceProperties: builtIns('a', 'b') });
    expect(Data).toEqual({ Outcome: 'a: registered, healthy; b: registered, healthy' });
    const update = { ResourceProperties: builtIns('b'), OldResourceProperties: builtIns('a', 'b') };
    await answer({ ...resource, RequestType: 'Update', ...update });
    expect(await ids('global')).toEqual(['b']);
    await answer({ ...resource, RequestType: 'Delete', ResourceProperties: builtIns('b') });
    expect(await ids('global')).toEqual(['b']);
  });

  test('rejects a type of resource that it does not know', async () => {
    const { Status, Reason } = await makeRegistrar().answer({ ResourceType: 'Custom::Poem' });
    expect([Status, Reason]).toEqual(['FAILED', 'The registrar makes no resources of type Custom::Poem.']);
  });
});

describe('waiting', () => {
  test('ends with the time', () => expect(wait(1, patience())).resolves.toBeUndefined());
  test('rejects as soon as it is called off, or if it was before', async () => {
    const controller = new AbortController();
    const waiting = wait(60_000, controller.signal);
    controller.abort(new Error('called off'));
    await expect(waiting).rejects.toThrow('called off');
    await expect(wait(1, controller.signal)).rejects.toThrow('called off');
  });
});
