import { POLICIES } from './policies.ts';
import { simulate } from './run.ts';
import type { Scenario } from './scenarios.ts';
import { type Figures, makeTally } from './tally.ts';
import { type Extent, makeWorld } from './world.ts';

/** What one scenario came to under each policy, by the policy's name. */
export interface Compared {
  readonly scenario: string;
  readonly title: string;
  readonly policies: Readonly<Record<string, Figures>>;
}

/** Routes the same traffic, with the same luck, by each policy. @param progress is told each run that begins */
export const compare = (
  scenarios: readonly Scenario[],
  extent: Extent,
  progress: (step: string) => void = () => undefined,
): readonly Compared[] =>
  scenarios.map((scenario) => {
    const world = makeWorld(scenario, extent);
    const figuresBy = POLICIES.map(({ name, make }) => {
      progress(`${scenario.name}: ${name}`);
      const tally = makeTally(world);
      simulate(world, make(), tally);
      return [name, tally.figures()] as const;
    });
    return { scenario: scenario.name, title: scenario.title, policies: Object.fromEntries(figuresBy) };
  });
