import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlantedViolations } from './planted-violations.ts';
import { runTool } from './run-tool.ts';

interface Verdict {
  readonly passed: boolean;
  /** What a person needs to see when it failed. */
  readonly output: string;
  /** Said behind the name of a check that passed. */
  readonly note?: string;
}

interface Check {
  readonly name: string;
  readonly run: () => Promise<Verdict>;
}

const tool = (name: string, command: string, args: readonly string[], env: Record<string, string> = {}): Check => ({
  name,
  run: async () => {
    const { status, stdout, stderr } = await runTool(command, args, { env });
    return { passed: status === 0, output: `${stdout}${stderr}` };
  },
});

const assembly = join(tmpdir(), `switchboard-check-${process.pid}`);

const CHECKS: readonly Check[] = [
  // Whatever CloudFormation's schemas or cdk-nag have against a template is an error of synthesis.
  tool('cdk synth', 'cdk', ['synth', '--quiet', '--no-notices', '--output', assembly], {
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  }),
  tool('tsc', 'tsc', ['-b']),
  tool('biome', 'biome', ['check', '--config-path=.biome.json', '--error-on-warnings', '--max-diagnostics=100']),
  tool('knip', 'knip', ['--no-progress']),
  {
    name: 'planted violations',
    run: async () => {
      const { planted, missed } = await findPlantedViolations();
      return { passed: missed.length === 0, output: missed.join('\n'), note: `all ${planted} caught` };
    },
  },
];

const seconds = (sinceMs: number): string => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

const report = async ({ name, run }: Check): Promise<boolean> => {
  const startedMs = performance.now();
  const { passed, output, note } = await run();
  console.log(`${passed ? '✓' : '✗'} ${name}${passed && note ? `, ${note}` : ''} (${seconds(startedMs)})`);
  if (!passed) console.log(output);
  return passed;
};

/** `npm run check`: everything that can be said of the sources without running them. */
const main = async (): Promise<void> => {
  const startedMs = performance.now();
  // Two at a time: synthesis takes longer than the others together, and each uses one core for most of it.
  const [first, ...others] = CHECKS;
  const oneByOne = async (checks: readonly Check[]): Promise<boolean[]> => {
    const results: boolean[] = [];
    for (const check of checks) results.push(await report(check));
    return results;
  };
  const results = (await Promise.all([oneByOne(first ? [first] : []), oneByOne(others)])).flat();
  rmSync(assembly, { recursive: true, force: true });
  const failed = results.filter((passed) => !passed).length;
  console.log(failed === 0 ? `check passed in ${seconds(startedMs)}` : `${failed} of ${results.length} checks failed`);
  if (failed > 0) process.exitCode = 1;
};

await main();
