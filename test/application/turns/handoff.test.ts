import { describe, expect, it } from 'vitest';
import type { CallResult, Registry, RoutableAgent } from '../../../functions/application/agent-ports.ts';
import type { Handoff } from '../../../functions/domain/contract/agent-protocol.ts';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import { AgentId } from '../../../functions/domain/contract/ids.ts';
import type { ReadIntent } from '../../../functions/domain/routing/intent/intent-reading.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { intentOf } from '../../twins/intent.ts';
import { agentDefinition, fiveAgents, patience, routableAgent } from '../../twins/samples.ts';
import { makeWorld, unreachable, type WorldOptions } from '../world.ts';

const handoff = (to: { role?: string; agent?: string }): CallResult => ({
  kind: 'answered',
  answer: {
    content: 'not mine',
    handoff: {
      reason: 'it is broken',
      ...(to.role === undefined ? { agentId: to.agent } : { agentType: to.role }),
    } as Handoff,
  },
});

/** A world where each agent hands over as the table says, and answers if it is not in it. */
const world = (wishes: Record<string, CallResult>, { agents = fiveAgents(), ...options }: WorldOptions = {}) =>
  makeWorld({
    agents,
    script: { call: ({ agentId }) => wishes[agentId] ?? answerOf(`answer of ${agentId}`) },
    ...options,
  });

const outcomes = (reply: object) =>
  (reply as { attempts: { agentId: string; outcome: string }[] }).attempts.map(({ agentId, outcome }) => [
    agentId,
    outcome,
  ]);

describe('a handoff', () => {
  it.each([{ role: 'debugger' }, { agent: 'debugger' }])('is followed to whom it names: %j', async (to) => {
    const here = world({ context_analyzer: handoff(to) });
    const reply = await here.send('Explain recursion');
    expect(reply).toMatchObject({
      status: 'answered',
      targetAgent: 'debugger',
      response: { content: 'answer of debugger' },
    });
    expect(outcomes(reply)).toEqual([
      ['context_analyzer', 'handed_over'],
      ['debugger', 'answered'],
    ]);
    expect(here.caller.calls[1]?.request.agentMetadata).toMatchObject({
      senderAgent: 'context_analyzer',
      messageType: 'handoff',
      role: 'debugger',
    });
  });

  it.each([{ role: 'documentation' }, { agent: 'documentation' }])(
    'is taken at its word, whatever the message asks for: %j',
    async (to) => {
      const trace = 'TypeError: x is undefined\n    at pay (/srv/pay.js:4:2)\n    at main (/srv/main.js:9:1)';
      const reply = await world({ debugger: handoff(to) }).send(trace);
      expect(reply).toMatchObject({ targetAgent: 'documentation' });
    },
  );

  it('does not go back: the answer of the one who would is kept, with its wish', async () => {
    const here = world({
      context_analyzer: handoff({ role: 'debugger' }),
      debugger: handoff({ agent: 'context_analyzer' }),
    });
    const reply = await here.send('Explain recursion');
    expect(reply).toMatchObject({
      targetAgent: 'debugger',
      response: {
        content: 'not mine',
        metadata: { handoff: { agent_id: 'context_analyzer', reason: 'it is broken' } },
      },
    });
    expect(here.caller.calls).toHaveLength(2);
  });

  it('is followed three times at most', async () => {
    const here = world({
      context_analyzer: handoff({ role: 'debugger' }),
      debugger: handoff({ role: 'code_generator' }),
      code_generator: handoff({ role: 'documentation' }),
      documentation: handoff({ role: 'code_reviewer' }),
    });
    const reply = await here.send('Explain recursion');
    expect(here.caller.calls.map(({ agentId }) => agentId)).toEqual([
      'context_analyzer',
      'debugger',
      'code_generator',
      'documentation',
    ]);
    expect(reply).toMatchObject({ targetAgent: 'documentation', response: { content: 'not mine' } });
  });

  it.each([
    ['an unhealthy agent', { agent: 'sick' }],
    ['the role of supervisors', { role: 'supervisor' }],
    ['a supervisor', { agent: 'boss' }],
    ['an agent that is not there', { agent: 'nobody' }],
    ['itself', { agent: 'context_analyzer' }],
  ])('does not open a gate to %s', async (_, to) => {
    const others = [
      routableAgent(agentDefinition('sick', 'debugger'), { health: 'unhealthy' }),
      routableAgent(agentDefinition('boss', 'supervisor')),
    ];
    const here = world({ context_analyzer: handoff(to) }, { agents: [...fiveAgents(), ...others] });
    const reply = await here.send('Explain recursion');
    expect(reply).toMatchObject({ targetAgent: 'context_analyzer', response: { content: 'not mine' } });
    expect(here.caller.calls).toHaveLength(1);
  });

  it('does not lead away from the agent that the caller named', async () => {
    const here = world({ context_analyzer: handoff({ role: 'debugger' }) });
    const reply = await here.send('Explain recursion', { agentId: AgentId.parse('context_analyzer') });
    expect(reply).toMatchObject({ targetAgent: 'context_analyzer', response: { content: 'not mine' } });
    expect(here.caller.calls).toHaveLength(1);
  });

  it('moves the conversation: what follows up goes to the one who answered', async () => {
    const leans: ReadIntent = (subject) =>
      intentOf({ role: subject.previousRole ?? 'context_analyzer', confidence: 0.9 })(subject);
    const here = world({ context_analyzer: handoff({ role: 'debugger' }) }, { readIntent: leans });
    await here.send('Explain recursion');
    const reply = await here.send('And that one?');
    expect(reply).toMatchObject({ targetAgent: 'debugger', routing: { role: 'debugger' } });
  });

  it('to one who fails leaves the turn waiting, with both attempts', async () => {
    const failed = { kind: 'failed', reason: 'the agent failed', cause: undefined } as const;
    const here = world({ context_analyzer: handoff({ role: 'debugger' }), debugger: failed });
    const reply = await here.send('Explain recursion');
    expect(reply).toMatchObject({ status: 'pending', reason: 'AGENT_FAILED' });
    const [turn] = await here.stored();
    expect(outcomes(turn ?? {})).toEqual([
      ['context_analyzer', 'handed_over'],
      ['debugger', 'failed'],
    ]);
  });
});

describe('a handoff after a call that took long', () => {
  const toDebugger = handoff({ agent: 'debugger' });
  const notFollowed = { targetAgent: 'context_analyzer', response: { content: 'not mine' } };

  /** A world whose first agent takes a minute, while `meanwhile` happens, and then hands over to the debugger. */
  const slowWorld = (agents: RoutableAgent[], meanwhile: () => unknown) => {
    const call = async ({ agentId }: { agentId: string }): Promise<CallResult> => {
      if (agentId !== 'context_analyzer') return answerOf(`answer of ${agentId}`);
      here.advance(60_000);
      await meanwhile();
      return toDebugger;
    };
    const here = makeWorld({ agents, script: { call } });
    return here;
  };
  const LONG = { deadlineMs: 120_000 };

  it('does not reach an agent that has left meanwhile', async () => {
    const agents = [...fiveAgents()];
    const here = slowWorld(agents, () => {
      agents.splice(
        agents.findIndex(({ definition }) => definition.agentId === 'debugger'),
        1,
      );
    });
    expect(await here.send('Explain recursion', LONG)).toMatchObject(notFollowed);
    expect(here.caller.calls).toHaveLength(1);
  });

  it('reaches an agent where it is by now', async () => {
    const agents = [...fiveAgents()];
    const moved = routableAgent(agentDefinition('newcomer', 'documentation'));
    const here = makeWorld({
      agents,
      script: {
        call: ({ agentId }) => {
          if (agentId !== 'context_analyzer') return answerOf(`answer of ${agentId}`);
          agents.push(moved);
          return handoff({ agent: 'newcomer' });
        },
      },
    });
    expect(await here.send('Explain recursion')).toMatchObject({ response: { content: 'answer of newcomer' } });
  });

  it('does not reach an agent whose circuit has opened meanwhile', async () => {
    const here = slowWorld([...fiveAgents()], () => {
      const circuit = { kind: 'open', untilMs: here.now() + 60_000, openings: 1 } as const;
      return here.circuits.change('global', 'debugger', null, { circuit, mark: 'opened' }, patience());
    });
    expect(await here.send('Explain recursion', LONG)).toMatchObject(notFollowed);
    expect(here.caller.calls).toHaveLength(1);
  });

  it('survives a registry that cannot be read: what was known stands', async () => {
    let reads = 0;
    const here = world({ context_analyzer: toDebugger });
    const down = unreachable(new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now.'));
    const agents: Registry['agents'] = async () => {
      reads += 1;
      return reads === 1 ? fiveAgents() : down();
    };
    const reply = await here.send('Explain recursion', {}, { registry: { agents } });
    expect(reply).toMatchObject({ response: { content: 'answer of debugger' } });
    expect(reads).toBe(2);
  });

  it('calls nobody when the time is over', async () => {
    const here = slowWorld([...fiveAgents()], () => undefined);
    const reply = await here.send('Explain recursion', { deadlineMs: 50_000 });
    expect(reply).toMatchObject({ status: 'pending', reason: 'DEADLINE_EXCEEDED' });
    expect(here.caller.calls).toHaveLength(1);
  });
});
