import { describe, expect, it } from 'vitest';
import { type HealthState, observeHealth } from '../../../functions/domain/health/health.ts';

type Seen = Parameters<typeof observeHealth>[1];

const after = (health: HealthState['health'], ...seen: readonly Seen[]): HealthState =>
  seen.reduce<HealthState>(observeHealth, { health, contrary: 0 });

describe('the health of an agent', () => {
  const table: readonly (readonly [HealthState['health'], readonly Seen[], HealthState])[] = [
    ['unknown', ['healthy'], { health: 'healthy', contrary: 0 }],
    ['unknown', ['unhealthy'], { health: 'unknown', contrary: 1 }],
    ['unknown', ['unhealthy', 'unhealthy'], { health: 'unhealthy', contrary: 0 }],
    ['unknown', ['degraded'], { health: 'degraded', contrary: 0 }],
    ['healthy', [], { health: 'healthy', contrary: 0 }],
    ['healthy', ['healthy'], { health: 'healthy', contrary: 0 }],
    ['healthy', ['unhealthy'], { health: 'healthy', contrary: 1 }],
    ['healthy', ['unhealthy', 'unhealthy'], { health: 'unhealthy', contrary: 0 }],
    ['healthy', ['unhealthy', 'healthy', 'unhealthy'], { health: 'healthy', contrary: 1 }],
    ['healthy', ['degraded', 'unhealthy'], { health: 'unhealthy', contrary: 0 }],
    ['unhealthy', ['healthy'], { health: 'unhealthy', contrary: 1 }],
    ['unhealthy', ['healthy', 'healthy'], { health: 'healthy', contrary: 0 }],
    ['unhealthy', ['healthy', 'unhealthy', 'healthy'], { health: 'unhealthy', contrary: 1 }],
    ['degraded', ['healthy', 'healthy'], { health: 'healthy', contrary: 0 }],
  ];

  it.each(table)('from %s after %j', (health, seen, expected) => {
    expect(after(health, ...seen)).toEqual(expected);
  });
});
