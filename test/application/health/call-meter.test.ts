import { describe, expect, it } from 'vitest';
import { makeCallMeter } from '../../../functions/application/health/call-meter.ts';
import { Failure } from '../../../functions/domain/contract/failures.ts';
import { quantileMs } from '../../../functions/domain/health/latency.ts';
import { answerOf } from '../../twins/agent-caller.ts';
import { makeMemoryMeasurementStore } from '../../twins/measurement-store.ts';
import { freshTenant, NOON_MS, patience } from '../../twins/samples.ts';
import { silentLog } from '../../twins/silent-log.ts';
import { makeWorld } from '../world.ts';

const DOWN = new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now.');
const MINUTE = NOON_MS / 60_000;

const makeMeter = () => {
  const store = makeMemoryMeasurementStore();
  let nowMs = NOON_MS;
  let fault: 'none' | 'before' | 'after' = 'none';
  let writes = 0;
  const write: typeof store.write = async (...call) => {
    writes += 1;
    if (fault === 'before') throw DOWN;
    await store.write(...call);
    if (fault === 'after') throw DOWN;
  };
  const meter = makeCallMeter({ store: { write }, instance: 'one', clock: () => nowMs, log: silentLog });
  const tenant = freshTenant();
  return {
    meter,
    tenant,
    writes: () => writes,
    advance: (ms: number) => {
      nowMs += ms;
    },
    breakWith: (next: typeof fault) => {
      fault = next;
    },
    helper: { owner: tenant, agentId: 'helper' },
    read: (minute = MINUTE) => store.read(minute, patience()),
  };
};

describe('calls of agents', () => {
  it('are counted by owner and agent, with what failed and how long they took', async () => {
    const { meter, helper, tenant, read } = makeMeter();
    meter.count(helper, 'answered', 10);
    meter.count(helper, 'failed', 20);
    meter.count(helper, 'timed_out', 30);
    meter.count(helper, 'rejected', 40);
    meter.count(helper, 'busy', 50);
    meter.count({ owner: 'global', agentId: 'helper' }, 'answered', 7);
    await meter.flush();
    const [mine, global] = await read();
    expect(mine).toMatchObject({ owner: tenant, agentId: 'helper', calls: 5, failures: 3, totalMs: 150 });
    expect(quantileMs(mine?.latency ?? [], 1)).toBeGreaterThanOrEqual(50);
    expect(global).toMatchObject({ owner: 'global', calls: 1, failures: 0, totalMs: 7 });
  });

  it('are written every 15 s at most, and not at all if there were none', async () => {
    const { meter, helper, advance, writes, read } = makeMeter();
    await meter.flush();
    expect(writes()).toBe(0);
    meter.count(helper, 'answered', 10);
    await meter.flush();
    meter.count(helper, 'answered', 10);
    advance(14_999);
    await meter.flush();
    expect(writes()).toBe(1);
    advance(1);
    await meter.flush();
    await meter.flush();
    expect(writes()).toBe(2);
    expect(await read()).toMatchObject([{ calls: 1 }, { calls: 1 }]);
  });

  it('survive a store that is down: they are written later', async () => {
    const { meter, helper, advance, breakWith, read } = makeMeter();
    meter.count(helper, 'answered', 10);
    breakWith('before');
    await meter.flush();
    meter.count(helper, 'failed', 10);
    breakWith('none');
    advance(15_000);
    await meter.flush();
    expect(await read()).toMatchObject([{ calls: 2, failures: 1, totalMs: 20 }]);
  });

  it('survive a lost reply: within the minute they are counted once', async () => {
    const { meter, helper, advance, breakWith, read } = makeMeter();
    meter.count(helper, 'answered', 10);
    breakWith('after');
    await meter.flush();
    meter.count(helper, 'answered', 10);
    breakWith('none');
    advance(15_000);
    await meter.flush();
    expect(await read()).toMatchObject([{ calls: 2 }]);
  });

  it('of an instance that slept are written when it wakes up', async () => {
    const { meter, helper, advance, read } = makeMeter();
    meter.count(helper, 'answered', 10);
    advance(10 * 60_000);
    await meter.flush();
    expect(await read(MINUTE + 10)).toMatchObject([{ calls: 1 }]);
  });

  it('are bounded, however many agents there are and however long the store is down', async () => {
    const { meter, tenant, advance, breakWith, read } = makeMeter();
    breakWith('before');
    for (let round = 0; round < 3; round += 1) {
      for (let agent = 0; agent < 1_500; agent += 1)
        meter.count({ owner: tenant, agentId: `agent-${round}-${agent}` }, 'answered', 1);
      await meter.flush();
      advance(15_000);
    }
    breakWith('none');
    await meter.flush();
    expect(await read()).toHaveLength(2_000);
  });
});

describe('a turn', () => {
  it('is counted, and written beside a later one that does not wait for it', async () => {
    const world = makeWorld({ script: { call: () => answerOf('fine') } });
    const never = new Promise<void>(() => undefined);
    const deps = world.dependencies({});
    let flushes = 0;
    const flush = (): Promise<void> => {
      flushes += 1;
      return never;
    };
    const slow = { ...deps.meter, flush };
    expect(await world.send('Explain recursion', {}, { meter: slow })).toMatchObject({ status: 'answered' });
    expect(flushes).toBe(1);
    await deps.meter.flush();
    expect(await world.measurements.read(MINUTE, patience())).toMatchObject([
      { owner: 'global', agentId: 'context_analyzer', calls: 1, failures: 0 },
    ]);
  });
});
