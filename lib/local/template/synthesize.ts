import { join, resolve } from 'node:path';
import { type App, AssetStaging } from 'aws-cdk-lib';
import { stop as stopEsbuild } from 'esbuild';
import { createApp } from '../../app.ts';
import { cdkJsonContext, parseSettings, type Settings } from '../../config.ts';
import { AUDIENCE } from '../oidc.ts';
import type { Resource } from '../types.ts';
import type { StackTemplate } from './template.ts';

export interface Synthesized {
  /** Copies: what is done to them stays without effect on anything else. */
  readonly templates: readonly StackTemplate[];
  /** The directory with a function's code. @throws Error for a function without */
  codeDirectory(fn: Resource): string;
}

/** Settings in `cdk.json` that are about who issues tokens or what a deployment is called: the local cloud has its own. */
const NOT_LOCAL = [
  'stage',
  'multiTenant',
  'oidcIssuer',
  'oidcAudience',
  'oidcJwksUri',
  'cognito',
  'claims',
  'alarmEmail',
];

/**
 * The settings of the local stage: those of `cdk.json`, the built-in issuer, and on top `overrides`.
 * @throws SettingsError naming every bad setting
 */
export const localSettings = (issuer: string, overrides: Readonly<Record<string, unknown>>): Settings => {
  const shared = Object.entries(cdkJsonContext()).filter(([name]) => !NOT_LOCAL.includes(name));
  return parseSettings({
    ...Object.fromEntries(shared),
    stage: 'local',
    oidcIssuer: issuer,
    oidcJwksUri: `${issuer}/jwks.json`,
    oidcAudience: AUDIENCE,
    multiTenant: true,
    ...overrides,
  });
};

/** Adds stacks of a team to an app, for the Switchboard of a stage. */
export type AddStacks = (app: App, stage: string) => void;

/**
 * Synthesizes the stacks in this process, into `folder`: Switchboard's own and those that `further` add.
 * @throws BuildFailure if a function does not compile
 */
export const synthesize = async (
  settings: Settings,
  folder: string,
  further: readonly AddStacks[] = [],
): Promise<Synthesized> => {
  // It remembers for the whole process what it has copied to a path, and a restart may have emptied that.
  AssetStaging.clearAssetHashCache();
  // `npm run check` validates the templates; here it would double the time and the memory of a start.
  const app = createApp(settings, { outdir: folder, validated: false });
  for (const addStacks of further) addStacks(app, settings.stage);
  const assembly = app.synth();
  // Its process would stay as long as this one.
  await stopEsbuild();
  return {
    templates: assembly.stacks.map(({ stackName, template }) => ({
      stack: stackName,
      template: structuredClone(template),
    })),
    codeDirectory: ({ logicalId, metadata }) => {
      const path = metadata?.['aws:asset:path'];
      if (typeof path !== 'string') throw new Error(`function ${logicalId} has no code directory`);
      return resolve(join(folder, path));
    },
  };
};
