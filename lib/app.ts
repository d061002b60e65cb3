import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { parseSettings, type Settings, SettingsError } from './config.ts';
import { bundle } from './constructs/bundle.ts';
import { acknowledgeFindings } from './constructs/nag.ts';
import { FUNCTIONS } from './functions.ts';
import { ObservabilityStack } from './observability-stack.ts';
import { StateStack } from './state-stack.ts';
import { SwitchboardStack } from './switchboard-stack.ts';

export interface AppOptions {
  /** Where the cloud assembly goes. @default - what the CDK's CLI says, else a temporary directory */
  readonly outdir?: string;
  /** Directory that the functions' sources (`FUNCTIONS`) are relative to. @default - this checkout */
  readonly sources?: string;
  /**
   * Whether `synth()` checks the templates against CloudFormation's schemas, and fails if they do not fit: 2.4 of the
   * 3.2 s that it takes. @default true
   */
  readonly validated?: boolean;
}

/** Settings of the CDK itself, the same with and without its CLI. */
const CDK_CONTEXT = {
  ...flags,
  // An error, not a line in a report, if a template does not fit CloudFormation's schemas.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // Strong: what another stack uses of the state stack can't be taken away from under it.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  // Which construct and which directory a resource comes from: the local cloud names functions by it.
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
};

/**
 * The three stacks of one stage, ready for `synth()`. The bundles of the functions are made here, in
 * `<outdir>/bundles`; in the synthesized assembly each is the directory that its function's `aws:asset:path` names.
 *
 * @throws BuildFailure of esbuild if a function does not compile
 */
export const createApp = (settings: Settings, options: AppOptions = {}): App => {
  const app = new App({
    outdir: options.outdir,
    builtinCloudFormationValidation: options.validated ?? true,
    analyticsReporting: false,
    context: CDK_CONTEXT,
  });
  const sources = options.sources ?? join(import.meta.dirname, '..');
  const bundles = bundle(FUNCTIONS, sources, join(app.outdir, 'bundles'), settings.roles);
  const name = `switchboard-${settings.stage}`;
  const state = new StateStack(app, `${name}-state`, { settings, description: 'Switchboard: tables and queues' });
  const switchboard = new SwitchboardStack(app, name, {
    settings,
    state,
    bundles,
    description: 'Switchboard: functions, API and schedules',
  });
  const observability = new ObservabilityStack(app, `${name}-observability`, {
    settings,
    state,
    switchboard,
    description: 'Switchboard: alarms and dashboard',
  });
  acknowledgeFindings({ state, switchboard, observability }, settings.stage);
  return app;
};

const main = async (): Promise<void> => {
  // The CDK's CLI passes its context to the first App; that one only reads it.
  const context: Record<string, unknown> = new App({ autoSynth: false }).node.getAllContext();
  const settings = parseSettings(context);
  // In that stage agents on the function's own loopback address may be called.
  if (settings.stage === 'local') throw new SettingsError('stage: local is for `npm start` and cannot be deployed');
  const app = createApp(settings);
  // Not for the local cloud, which has no time for it: loading cdk-nag takes 0.3 s.
  const { addNag } = await import('./nag-rules.ts');
  addNag(app);
  app.synth();
};

/** Whether Node was started with this file. `import.meta.main` would say so, but only from Node 24.2 on. */
const isStarted = ([, script = '']: readonly string[]): boolean =>
  existsSync(script) && realpathSync(script) === import.meta.filename;

if (isStarted(process.argv)) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    console.error(`Settings (cdk.json or -c name=value):\n${error.message}`);
    process.exitCode = 1;
  }
}
