import { describe, expect, it } from 'vitest';
import type { RuleStore } from '../../functions/application/ports.ts';
import { RoutingRule } from '../../functions/domain/contract/routing-rules.ts';
import { freshTenant, NOON_MS, patience } from '../twins/samples.ts';

export const ruleNamed = (name: string, more: object = {}): RoutingRule =>
  RoutingRule.decode({ name, when: { text: { any_of: ['ü#😀'] } }, to: { role: 'debugger' }, ...more } as never);

/** What every store of rules keeps, and how it settles races. */
export const describeRuleStore = (name: string, store: () => RuleStore): void => {
  describe(`${name}: routing rules`, () => {
    it('are none of version 0 where there never were any', async () => {
      const nothing = { rules: [], unreadable: [], version: 0, writtenAtMs: 0 };
      expect(await store().get(freshTenant(), patience())).toEqual(nothing);
    });

    it('are kept as they were put, in their order, under the next version', async () => {
      const [owner, other] = [freshTenant(), freshTenant()];
      const rules = [
        ruleNamed('b', { priority: 7, when: { text: { regex: ['x+'], in: 'prose' }, files: { glob: ['*'] } } }),
        ruleNamed('a', { enabled: false, to: { agent_id: 'tolk' } }),
      ];
      const first = { rules, unreadable: [], version: 1, writtenAtMs: NOON_MS };
      expect(await store().put(owner, rules, 0, patience())).toEqual(first);
      expect(await store().get(owner, patience())).toEqual(first);
      expect(await store().put(owner, [], 1, patience())).toEqual({ ...first, rules: [], version: 2 });
      expect(await store().get(owner, patience())).toMatchObject({ rules: [], version: 2 });
      expect(await store().get(other, patience())).toMatchObject({ version: 0 });
    });

    it('rejects whoever does not know their version', async () => {
      const owner = freshTenant();
      expect(await store().put(owner, [], 1, patience())).toBeUndefined();
      await store().put(owner, [ruleNamed('a')], 0, patience());
      for (const stale of [0, 2]) expect(await store().put(owner, [], stale, patience())).toBeUndefined();
      expect(await store().get(owner, patience())).toMatchObject({ rules: [{ name: 'a' }], version: 1 });
    });

    it('go to exactly one of the writers that race', async () => {
      const owner = freshTenant();
      const rivals = Array.from({ length: 6 }, (_, index) => [ruleNamed(`rival ${index}`)]);
      const written = await Promise.all(rivals.map((rules) => store().put(owner, rules, 0, patience())));
      const winners = written.filter((record) => record !== undefined);
      expect(winners).toHaveLength(1);
      expect(await store().get(owner, patience())).toEqual(winners[0]);
    });

    it('reject when the store cannot tell', async () => {
      const unavailable = { code: 'STORE_UNAVAILABLE' };
      await expect(store().get(freshTenant(), AbortSignal.abort())).rejects.toMatchObject(unavailable);
      await expect(store().put(freshTenant(), [], 0, AbortSignal.abort())).rejects.toMatchObject(unavailable);
    });
  });
};
