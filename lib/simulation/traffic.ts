import { TENANTS } from './fleet.ts';
import { normalFrom } from './normal-chance.ts';
import type { Phases, Scenario } from './scenarios.ts';

/** A turn, with all luck that it will have: the same whichever policy routes it. */
export interface SimulatedTurn {
  readonly atMs: number;
  readonly conversation: number;
  readonly tenant: string;
  readonly role: string;
  readonly message: string;
  /** How much longer than is typical of an agent it takes. */
  readonly effort: number;
  /** In [0, 1): it fails with an agent that fails a larger share of its calls; … */
  readonly misfortune: number;
  /** … which instance gets it; … */
  readonly instance: number;
  /** … and what a policy may draw. */
  readonly chances: readonly [number, number];
}

/** Turns a second with 2,000 agents; in proportion with others. */
const TURNS_A_SECOND = 30;
const TURNS_A_CONVERSATION = 4;
const PAUSE_MS = { least: 20_000, mean: 90_000 };
/** How often a conversation goes on with another role. */
const OTHER_ROLE = 0.15;
const EFFORT_SPREAD = 0.5;
/** How much more traffic some tenants have: in proportion to rank to the power of minus this. */
const TENANT_SKEW = 0.3;

/** A message that leans on the answer before, and one that does not. */
const SHORT = 'x'.repeat(40);
const LONG = 'x'.repeat(240);

const pick = <T>(items: readonly T[], x: number): T => items[Math.floor(x * items.length)] as T;

/** Draws a tenant's number, small ones more often. */
const tenantDraw = (): ((x: number) => number) => {
  const weights = Array.from({ length: TENANTS }, (_, index) => (index + 1) ** -TENANT_SKEW);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (x) => {
    let left = x * total;
    const index = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return index === -1 ? TENANTS - 1 : index;
  };
};

/** All turns of a run, in the order in which they come. */
export const makeTraffic = (
  { crowd }: Pick<Scenario, 'crowd'>,
  { troubleFromMs, troubleUntilMs, endMs }: Phases,
  { agents, roles }: { readonly agents: number; readonly roles: readonly string[] },
  chance: () => number,
): readonly SimulatedTurn[] => {
  const normal = normalFrom(chance);
  const drawTenant = tenantDraw();
  const exponential = (mean: number): number => -mean * Math.log(1 - chance());
  const meanGapMs = (1_000 * TURNS_A_CONVERSATION * 2_000) / (TURNS_A_SECOND * agents);
  const turns: SimulatedTurn[] = [];

  const converse = (conversation: number, fromMs: number): void => {
    const tenant = `t${drawTenant(chance())}`;
    let role = pick(roles, chance());
    let isFirst = true;
    for (let atMs = fromMs; atMs < endMs; atMs += PAUSE_MS.least + exponential(PAUSE_MS.mean - PAUSE_MS.least)) {
      const isShort = chance() < 0.5 && !isFirst;
      turns.push({
        atMs,
        conversation,
        tenant,
        role,
        message: isShort ? SHORT : LONG,
        effort: Math.exp(EFFORT_SPREAD * normal()),
        misfortune: chance(),
        instance: chance(),
        chances: [chance(), chance()],
      });
      if (chance() < 1 / TURNS_A_CONVERSATION) break;
      if (chance() < OTHER_ROLE) role = pick(roles, chance());
      isFirst = false;
    }
  };

  let atMs = 0;
  for (let conversation = 0; atMs < endMs; conversation += 1) {
    converse(conversation, atMs);
    const isCrowded = atMs >= troubleFromMs && atMs < troubleUntilMs;
    atMs += exponential(isCrowded ? meanGapMs / crowd : meanGapMs);
  }
  return turns.sort((left, right) => left.atMs - right.atMs);
};
