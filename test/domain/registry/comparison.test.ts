import { describe, expect, it } from 'vitest';
import { compared, type RecordedAgent } from '../../../functions/domain/registry/comparison.ts';

const entry = (version: number) => ({
  version,
  health: 'healthy',
  p50Ms: 100,
  errorRate: 0,
  card: { agent_id: 'a' },
});
const recorded = (changes: Partial<RecordedAgent> = {}): RecordedAgent => ({
  agentId: 'a',
  version: 2,
  isDraining: false,
  health: 'healthy',
  p50Ms: 100,
  errorRate: 0,
  ...changes,
});

describe('a snapshot that is compared with the records', () => {
  it.each([
    ['agrees', 2, recorded(), []],
    ['lacks an agent', null, recorded(), ['a']],
    ['lacks an agent that drains, rightly', null, recorded({ isDraining: true }), []],
    ['has an agent that is not on record', 2, null, ['a']],
    ['has an agent that drains', 2, recorded({ isDraining: true }), ['a']],
    ['has an agent that drained before it came back', 3, recorded({ isDraining: true }), []],
    ['has an older version', 1, recorded(), ['a']],
    ['has a newer version, of which the record says nothing', 3, recorded({ health: 'unhealthy' }), []],
  ])('%s', (_, version, record, doubtful) => {
    const entries = new Map(version === null ? [] : [['a', entry(version)]]);
    expect(compared(entries, record === null ? [] : [record])).toEqual({ doubtful, urgent: [], drift: [] });
  });

  it('tells what matters from what does not', () => {
    const entries = new Map([['a', entry(2)]]);
    const health = recorded({ health: 'degraded', p50Ms: 900 });
    const figures = { health: 'degraded', p50Ms: 900, errorRate: 0 };
    expect(compared(entries, [health])).toMatchObject({ urgent: [{ agentId: 'a', figures }], drift: [] });
    expect(compared(entries, [recorded({ p50Ms: 900 })])).toMatchObject({ urgent: [], drift: [{ agentId: 'a' }] });
    expect(compared(entries, [recorded({ p50Ms: 101 })])).toEqual({ doubtful: [], urgent: [], drift: [] });
  });
});
