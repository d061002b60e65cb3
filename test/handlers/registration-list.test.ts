import { describe, expect, it, vi } from 'vitest';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { patience } from '../twins/samples.ts';
import { definition, failed, HEALTHY, makeRig, TEAM_SCOPES } from './registration-rig.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const ACME = TenantId.parse('acme');

describe('registering a list', () => {
  const post = (rig: ReturnType<typeof makeRig>, list: readonly unknown[], query = {}) =>
    rig.send('POST', '/v1/agents', { body: list, query });
  const statuses = (body: { results: { status: number }[] }) => body.results.map(({ status }) => status);

  it('rejects only what is bad in it', async () => {
    const rig = makeRig({
      probe: async ({ definition: { agentId } }) => (agentId === 'sick' ? failed('down') : HEALTHY),
    });
    const list = [
      definition(),
      definition({ agent_id: 'wizard', agent_type: 'wizard' }),
      definition({ agent_id: 'sick' }),
      definition(),
      'text',
      definition({ agent_id: 'last' }),
    ];
    const { status, body } = await post(rig, list);
    expect([status, statuses(body)]).toEqual([200, [201, 400, 400, 409, 400, 201]]);
    expect(body.results.map(({ agent_id }: { agent_id: string }) => agent_id)).toEqual([
      'zig',
      'wizard',
      'sick',
      'zig',
      null,
      'last',
    ]);
    expect(body.results[0].agent).toMatchObject({ agent_id: 'zig', version: 1 });
    expect(body.results[1].problem).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ path: 'agent_type' }] });
  });

  it('takes agents that name each other, in any order', async () => {
    const rig = makeRig();
    const list = [
      definition({ agent_id: 'boss', agent_type: 'supervisor', capabilities: [], sub_agents: ['a', 'documentation'] }),
      definition({ agent_id: 'a', backup_agents: ['b'] }),
      definition({ agent_id: 'b', backup_agents: ['c'] }),
      definition({ agent_id: 'c' }),
    ];
    expect(statuses((await post(rig, list)).body)).toEqual([201, 201, 201, 201]);
  });

  it('rejects those that name one that is rejected, and circles', async () => {
    const rig = makeRig({
      probe: async ({ definition: { agentId } }) => (agentId === 'sick' ? failed('down') : HEALTHY),
    });
    const list = [
      definition({ agent_id: 'a', backup_agents: ['b'] }),
      definition({ agent_id: 'b', backup_agents: ['sick'] }),
      definition({ agent_id: 'sick' }),
      definition({ agent_id: 'x', backup_agents: ['y'] }),
      definition({ agent_id: 'y', backup_agents: ['x'] }),
    ];
    const { body } = await post(rig, list);
    expect(statuses(body)).toEqual([400, 400, 400, 400, 400]);
    expect(body.results[0].problem.detail).toContain('there is no agent b');
    expect(body.results[3].problem.detail).toContain('x → y → x');
    expect(await rig.store.ofOwner(ACME, patience())).toEqual([]);
  });

  it('rejects the agents of all tenants in it without the scope for them', async () => {
    const rig = makeRig();
    const list = [definition({ visibility: 'global' }), definition({ agent_id: 'own' })];
    const { body } = await rig.send('POST', '/v1/agents', { body: list, scopes: TEAM_SCOPES });
    expect(statuses(body)).toEqual([403, 201]);
  });

  it('survives a hundred agents that hang: they are checked at the same time', async () => {
    let atWork = 0;
    const rig = makeRig({
      probe: async () => {
        atWork += 1;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return failed(`no reply within 5 s; ${atWork} at work`);
      },
    });
    const list = Array.from({ length: 100 }, (_, index) => definition({ agent_id: `a-${index}` }));
    const { body } = await post(rig, list);
    for (const { status, problem } of body.results) {
      expect(status).toBe(400);
      expect(problem.errors[0].message).toContain('100 at work');
    }
  });

  it('survives running out of time: what was not written is said, and is not there', async () => {
    let now = 0;
    const rig = makeRig({
      stopwatch: () => now,
      store: (twin) => ({
        put: (...write) => {
          now += 10_000;
          return twin.put(...write);
        },
      }),
    });
    const list = Array.from({ length: 40 }, (_, index) => definition({ agent_id: `a-${index}` }));
    const { body } = await post(rig, list);
    // Those that are written at the same time all begin before any time has passed.
    const fared = statuses(body);
    const written = fared.filter((status) => status === 201);
    expect(fared).toEqual([...written, ...Array(list.length - written.length).fill(503)]);
    expect(written.length).toBeGreaterThan(0);
    expect(written.length).toBeLessThan(list.length);
    expect(await rig.store.ofOwner(ACME, patience())).toHaveLength(written.length);
  });
});
