import { LambdaServiceException, ResourceNotFoundException, TooManyRequestsException } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { makeLambdaAgents } from '../../../functions/adapters/agents/lambda-agents.ts';
import { agentRequestOf } from '../../contracts/agent-caller.contract.ts';
import { agentDefinition, patience } from '../../twins/samples.ts';

const $metadata = {};
const TARGET = { owner: 'global' as const, definition: agentDefinition('helper', 'debugger') };
const agentsThat = (answer: () => Promise<unknown>) => makeLambdaAgents({ send: answer } as never);
const agentsThatThrow = (error: Error) => agentsThat(() => Promise.reject(error));
const agentsThatSay = (text: string, FunctionError?: string) =>
  agentsThat(async () => ({ Payload: Buffer.from(text), FunctionError }));

const denied = new LambdaServiceException({
  name: 'AccessDeniedException',
  $fault: 'client',
  $metadata,
  message: 'User: arn:aws:sts::1:assumed-role/Router is not authorized',
});
const busy = new TooManyRequestsException({ $metadata, message: 'Rate Exceeded.' });
const missing = new ResourceNotFoundException({ $metadata, message: 'Function not found: arn:…' });

describe('a health check of a function', () => {
  it.each([
    [
      denied,
      "the function may not be invoked: has it the tag switchboard:agent with the stage's name, in Switchboard's account and region?",
    ],
    [busy, 'the function is busy: it is throttled'],
    [missing, 'there is no such function'],
    [new Error('socket of arn:…'), 'the function could not be invoked'],
  ])('rejects with a reason that says what to do: %s', async (error, reason) => {
    const result = await agentsThatThrow(error).probe(TARGET, patience());
    expect(result).toEqual({ kind: 'failed', reason, cause: error });
  });

  it.each([
    ['{"errorType":"Runtime.ImportModuleError","errorMessage":"x"}', 'the function failed (Runtime.ImportModuleError)'],
    ['{"errorType":"Sandbox.Timedout","errorMessage":"x"}', 'the function ran into its own timeout'],
    ['{"errorType":"<b>my own words</b>","errorMessage":"x"}', 'the function failed (unknown)'],
  ])('rejects a function that fails: %s', async (payload, reason) => {
    expect(await agentsThatSay(payload, 'Unhandled').probe(TARGET, patience())).toMatchObject({ reason });
  });

  it('brings even bad news as a reply', async () => {
    const text = '{"status":"unhealthy","detail":"no model"}';
    const reply = { status: 'unhealthy', detail: 'no model' };
    expect(await agentsThatSay(text).probe(TARGET, patience())).toEqual({ kind: 'replied', reply });
  });

  it('rejects a reply that is too large, or none', async () => {
    const large = JSON.stringify({ status: 'healthy', more: 'x'.repeat(64 * 1024) });
    const reason = 'the reply is larger than 65536 bytes';
    expect(await agentsThatSay(large).probe(TARGET, patience())).toMatchObject({ kind: 'failed', reason });
    const none = await agentsThatSay('{"content":"hello"}').probe(TARGET, patience());
    expect(none).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^the reply is not a health reply/) });
  });
});

describe('a call of a function', () => {
  it.each([
    [denied, 'rejected'],
    [missing, 'rejected'],
    [busy, 'busy'],
  ])('tells one that is throttled from one that may not be called: %s', async (error, kind) => {
    expect(await agentsThatThrow(error).call(TARGET, agentRequestOf('x'), patience())).toMatchObject({ kind });
  });
});
