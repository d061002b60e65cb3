import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT, runTool } from './run-tool.ts';

const PLANTED = join(ROOT, 'test', 'check', 'planted');

/** A file that breaks a rule, and what must say so: its first line is `// caught by <rule>: <start of the message>`. */
interface Plant {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

/** One complaint of a tool about one file. */
interface Finding {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

export interface PlantedResult {
  readonly planted: number;
  /** A line for each file that its rule did not catch. */
  readonly missed: readonly string[];
}

const readPlants = (folder: string): readonly Plant[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const header = /^\/\/ caught by (.+?): (.+)\n/.exec(readFileSync(file, 'utf8'));
      const [, rule, message] = header ?? [];
      const path = relative(folder, file);
      if (rule === undefined || message === undefined) throw new Error(`${path} does not say what must catch it`);
      return { path, rule, message };
    });

/** A checkout with nothing in it but the plants and the project's rules. */
const makeCheckout = (folder: string, biomeConfig: string): void => {
  cpSync(PLANTED, folder, { recursive: true });
  for (const name of ['tsconfig.json', 'functions/domain/tsconfig.json', 'test/check/rules'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, '.biome.json'), biomeConfig);
};

const lint = async (cwd: string): Promise<readonly Finding[]> => {
  const options = ['--config-path=.biome.json', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json'];
  const { stdout, stderr } = await runTool('biome', ['lint', ...options, 'functions', 'lib'], { cwd });
  if (!stdout.startsWith('{')) throw new Error(`biome gave no report: ${stderr}`);
  const report = JSON.parse(stdout) as {
    diagnostics: readonly { category: string; message: string; location: { path: string } }[];
  };
  return report.diagnostics.map(({ category, message, location }) => ({
    path: location.path,
    rule: category,
    message,
  }));
};

const compileDomain = async (cwd: string): Promise<readonly Finding[]> => {
  const { stdout } = await runTool('tsc', ['--pretty', 'false', '--project', 'functions/domain'], { cwd });
  return [...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error TS\d+: (.*)$/gm)].map(([, path = '', message = '']) => ({
    path,
    rule: 'tsc',
    message,
  }));
};

/**
 * Lets the project's rules loose on the files in `planted/`, each of which breaks one, in a folder of its own.
 * @param biomeConfig text of the configuration that is put to the test
 */
export const findPlantedViolations = async (
  biomeConfig: string = readFileSync(join(ROOT, '.biome.json'), 'utf8'),
): Promise<PlantedResult> => {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    makeCheckout(folder, biomeConfig);
    const plants = readPlants(PLANTED);
    const findings = (await Promise.all([lint(folder), compileDomain(folder)])).flat();
    const isCaught = ({ path, rule, message }: Plant): boolean =>
      findings.some((found) => found.path === path && found.rule === rule && found.message.startsWith(message));
    return {
      planted: plants.length,
      missed: plants
        .filter((plant) => !isCaught(plant))
        .map(({ path, rule, message }) => `test/check/planted/${path} is not caught by ${rule}: ${message}`),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
