import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TurnId } from '../../../functions/domain/contract/ids.ts';
import { mintTurnId, mintTurnIdAfter, turnTimeMs } from '../../../functions/domain/turn/turn-id.ts';
import { NOON_MS, seededChance } from '../../twins/samples.ts';

const timeMs = fc.integer({ min: 0, max: 2 ** 48 - 2 });
const chance = fc.integer().map(seededChance);

describe('a turn id', () => {
  it('is one, and keeps its time', () => {
    const property = fc.property(timeMs, chance, (ms, random) => {
      const id = mintTurnId(ms, random);
      expect(TurnId.safeParse(id).success).toBe(true);
      expect(turnTimeMs(id)).toBe(ms);
    });
    fc.assert(property);
  });

  it('sorts by its time, whatever the chance', () => {
    const property = fc.property(timeMs, timeMs, chance, (left, right, random) => {
      fc.pre(left !== right);
      expect(mintTurnId(left, random) < mintTurnId(right, random)).toBe(left < right);
    });
    fc.assert(property);
  });

  it('minted after another sorts after it, whatever the clock says', () => {
    const property = fc.property(timeMs, timeMs, chance, (before, nowMs, random) => {
      const id = mintTurnId(before, random);
      const after = mintTurnIdAfter(id, nowMs, random);
      expect(after > id).toBe(true);
      expect(turnTimeMs(after)).toBe(Math.max(nowMs, before + 1));
    });
    fc.assert(property);
  });

  it('is not minted twice in the same millisecond', () => {
    const random = seededChance(1);
    const ids = Array.from({ length: 5_000 }, () => mintTurnId(NOON_MS, random));
    expect(new Set(ids).size).toBe(5_000);
  });

  it('survives the ends of chance', () => {
    for (const value of [0, 1 - Number.EPSILON / 2]) expect(mintTurnId(NOON_MS, () => value)).toMatch(/^turn_/);
  });
});
