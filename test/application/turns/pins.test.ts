import { describe, expect, it } from 'vitest';
import type { CallResult } from '../../../functions/application/agent-ports.ts';
import { makePreviewRoute } from '../../../functions/application/turns/preview-route.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { agentDefinition, fiveAgents, principalOf, routableAgent } from '../../twins/samples.ts';
import { makeWorld } from '../world.ts';

const CHIEF = routableAgent(agentDefinition('chief', 'supervisor'));
const TRACE = 'TypeError: x is undefined\n    at pay (/srv/pay.js:4:2)\n    at main (/srv/main.js:9:1)';

const worldWithChief = () => makeWorld({ agents: [...fiveAgents(), CHIEF] });
const pinned = (agentId: string) => ({ agentId: agentId as never });

describe('a pin by which an agent would get a task outside its role', () => {
  it.each([
    ['a stack trace for documentation', TRACE, 'documentation', ['documentation', 'debugger']],
    ['anything for a supervisor', 'Explain closures', 'chief', ['supervisor']],
    ['small talk for a supervisor', 'thanks!', 'chief', ['supervisor']],
  ])('rejects %s before there is a turn', async (_, message, agentId, named) => {
    const world = worldWithChief();
    const failure = await world.send(message, pinned(agentId)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'INVALID_REQUEST', fields: [{ path: 'agent_id' }] });
    for (const word of [agentId, ...named]) expect(failure).toHaveProperty('detail', expect.stringContaining(word));
    expect(await world.stored()).toEqual([]);
    expect(world.caller.calls).toEqual([]);
  });

  it.each(['documentation', 'chief'])('shows in a dry run as a rejected candidate: %s', async (agentId) => {
    const world = worldWithChief();
    const preview = makePreviewRoute(world.dependencies({}));
    const decision = await preview(principalOf(world.conversation), { message: TRACE, ...pinned(agentId) } as never);
    expect(decision).toMatchObject({ targetAgent: null, tier: 'pinned' });
    expect(decision.candidates[0]).toMatchObject({ agentId, rejected: 'wrong_role' });
  });
});

describe('a pin that was accepted', () => {
  it('is followed when the turn is tried again, whoever has answered meanwhile', async () => {
    let failing = true;
    const call = (): CallResult =>
      failing ? { kind: 'failed', reason: 'the agent failed', cause: undefined } : answerOf('fixed');
    const world = makeWorld({ script: { call } });
    expect(await world.send(TRACE, pinned('debugger'))).toMatchObject({ status: 'pending' });
    failing = false;
    await world.send('Write a README for my command line tool');
    await world.recover();
    const [first] = await world.stored();
    expect(first).toMatchObject({ status: 'answered', decision: { targetAgent: 'debugger', tier: 'pinned' } });
  });
});
