import { describe, expect, it } from 'vitest';
import { makeLocalCalls } from '../../../functions/application/turns/local-calls.ts';
import { makePreviewRoute } from '../../../functions/application/turns/preview-route.ts';
import { rememberIntent } from '../../../functions/application/turns/remember-intent.ts';
import type { CompiledRules } from '../../../functions/domain/routing/rules/compile-rules.ts';
import { readIntent } from '../../routing-model.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { agentDefinition, fiveAgents, principalOf, routableAgent } from '../../twins/samples.ts';
import { makeWorld, unreachable } from '../world.ts';

const TWINS = ['a', 'b'].map((id) => routableAgent(agentDefinition(id, 'debugger', { specializations: [id] })));

/** Leads the messages of one tenant to the documentation. */
const ruleFor = (tenant: string): CompiledRules => [
  {
    ...{ name: 'all docs', owner: 'global', priority: 0, target: { role: 'documentation' as never } },
    holds: (_view, whose) => whose === tenant,
  },
];

describe('a message is routed', () => {
  it.each([
    ['its sender’s preferences', { userPreferences: { preferred_agents: ['b'] } }],
    ['its context', { contextData: { topic: 'b' } }],
  ])('by %s, in a dry run too', async (_, request) => {
    const world = makeWorld({ agents: TWINS, script: { call: () => answerOf('done') } });
    const preview = makePreviewRoute(world.dependencies({}));
    const dry = await preview(principalOf(world.conversation), { message: 'fix this crash', ...request } as never);
    expect(dry.targetAgent).toBe('b');
    expect(await world.send('fix this crash', request)).toMatchObject({ targetAgent: 'b' });
  });

  it('by the rules of its tenant, in a dry run and later deliveries too', async () => {
    let isDown = true;
    const rules: CompiledRules[number][] = [];
    const call = () => (isDown ? ({ kind: 'failed', reason: 'down', cause: undefined } as const) : answerOf('written'));
    const world = makeWorld({ agents: fiveAgents(), script: { call }, rules });
    rules.push(...ruleFor('another'), ...ruleFor(world.conversation.tenant));
    const preview = makePreviewRoute(world.dependencies({}));
    const dry = await preview(principalOf(world.conversation), { message: 'fix this crash' } as never);
    expect(dry).toMatchObject({ targetAgent: 'documentation', tier: 'rule', reasons: ['rule all docs'] });
    expect(await world.send('fix this crash')).toMatchObject({ status: 'pending' });
    isDown = false;
    await world.recover();
    expect(await world.stored()).toMatchObject([{ decision: { targetAgent: 'documentation', tier: 'rule' } }]);
  });

  it('later, if rules cannot be read', async () => {
    const world = makeWorld();
    const registry = { rules: unreachable(new Error('down')) };
    expect(await world.send('fix this crash', {}, { registry })).toMatchObject({ status: 'pending' });
    await world.recover();
    expect(await world.stored()).toMatchObject([{ status: 'answered' }]);
  });
});

describe('calls of this instance', () => {
  const agent = TWINS[0] ?? routableAgent(agentDefinition('a', 'debugger'));

  it('are counted from their begin to their end, of each owner’s agents apart', () => {
    const calls = makeLocalCalls();
    const ends = [calls.begin(agent), calls.begin(agent)];
    expect(calls.inFlight(agent)).toBe(2);
    expect(calls.inFlight({ ...agent, owner: 'acme' })).toBe(0);
    for (const end of [...ends, ...ends]) end();
    expect(calls.inFlight(agent)).toBe(0);
  });

  it('are over when the agent has answered or failed', async () => {
    const calls = makeLocalCalls();
    const seen: number[] = [];
    for (const result of [answerOf('x'), { kind: 'failed', reason: 'broken', cause: undefined } as const]) {
      const call = () => {
        seen.push(calls.inFlight(agent));
        return result;
      };
      const world = makeWorld({ agents: [agent], script: { call }, calls });
      await world.send('fix this crash');
      expect(calls.inFlight(agent)).toBe(0);
    }
    expect(seen).toEqual([1, 1]);
  });
});

describe('an intent that was read', () => {
  it('is read once for the same message and files after the same answer', () => {
    let reads = 0;
    const read = rememberIntent((subject) => {
      reads += 1;
      return readIntent(subject);
    });
    const file = { name: 'a.ts', content: 'let a;' };
    const subject = { message: 'fix', attachments: [file] };
    expect(read(subject)).toEqual(readIntent(subject));
    read({ ...subject, attachments: [file] });
    expect(reads).toBe(1);
    read({ ...subject, previousRole: 'debugger' });
    read({ message: 'fix', attachments: [] });
    read({ message: 'fix it', attachments: [] });
    read({ message: 'fix it', attachments: [{ ...file, content: 'let b;' }] });
    expect(reads).toBe(5);
  });
});
