import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentQuery } from '../../../functions/domain/contract/agent-routes.ts';
import { findAgents } from '../../../functions/domain/registry/find-agents.ts';
import { agentDefinition, agentState, registeredAgent } from '../../twins/samples.ts';

const agents = [
  registeredAgent(agentDefinition('zig', 'code_generator', { specializations: ['Zig', 'C'], tags: ['Team-A'] }), {
    state: agentState({ health: 'degraded' }),
  }),
  registeredAgent(agentDefinition('go', 'code_generator', { specializations: ['go'], tags: ['team-a', 'beta'] })),
  registeredAgent(agentDefinition('fix', 'debugger', { specializations: ['go', 'zig'] })),
];

const find = (query: Record<string, unknown>) =>
  findAgents(agents, AgentQuery.parse(query)).items.map(({ definition }) => definition.agentId);

describe('finding agents', () => {
  it.each<[Record<string, unknown>, readonly string[]]>([
    [{}, ['fix', 'go', 'zig']],
    [{ agent_type: 'code_generator' }, ['go', 'zig']],
    [{ specialization: 'ZIG' }, ['fix', 'zig']],
    [{ specialization: 'zig', agent_type: 'debugger' }, ['fix']],
    [{ capability: 'Implement' }, ['go', 'zig']],
    [{ tag: 'TEAM-A' }, ['go', 'zig']],
    [{ tag: 'team' }, []],
    [{ health: 'degraded' }, ['zig']],
    [{ health: 'healthy', agent_type: 'code_generator', specialization: 'go', tag: 'beta' }, ['go']],
  ])('by %j', (query, expected) => expect(find(query)).toEqual(expected));

  it.each(['', 'x', 'zig', 'agents-after:', 'agents-after:a/b', 'eyJpZCI6ImEiLCJhdCI6MX0'])(
    'rejects the cursor %j, which no page gave',
    (cursor) => {
      expect(() => findAgents(agents, { limit: 20, cursor })).toThrow(
        expect.objectContaining({ code: 'INVALID_REQUEST' }),
      );
    },
  );

  it('shows everyone who was there all the time once, whoever comes and goes between pages', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `agent-${index}`);
    fc.assert(
      fc.property(
        fc.subarray(ids),
        fc.array(fc.subarray(ids), { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        (staying, guests, limit) => {
          const seen: string[] = [];
          let cursor: string | undefined;
          for (let page = 0; page === 0 || cursor !== undefined; page += 1) {
            const present = [...new Set([...staying, ...(guests[page] ?? [])])].map((id) =>
              registeredAgent(agentDefinition(id, 'debugger')),
            );
            const found = findAgents(present, { limit, ...(cursor === undefined ? {} : { cursor }) });
            seen.push(...found.items.map(({ definition }) => definition.agentId));
            cursor = found.next;
          }
          expect(seen).toEqual([...new Set(seen)].sort());
          expect(staying.filter((id) => !seen.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
