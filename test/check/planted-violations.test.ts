import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPlantedViolations } from './planted-violations.ts';
import { ROOT } from './run-tool.ts';

const config = JSON.parse(readFileSync(join(ROOT, '.biome.json'), 'utf8'));

test('every planted violation is caught by its own rule', async () => {
  const { planted, missed } = await findPlantedViolations();
  expect(planted).toBeGreaterThan(30);
  expect(missed).toEqual([]);
});

test('a rule that is taken away is missed, and no other', async () => {
  const { overrides } = config;
  const withoutDomain = overrides.filter(
    ({ includes }: { includes: string[] }) => includes[0] !== 'functions/domain/**',
  );
  const { missed } = await findPlantedViolations(JSON.stringify({ ...config, overrides: withoutDomain, plugins: [] }));
  expect(missed.length).toBeGreaterThan(8);
  for (const line of missed) expect(line).toMatch(/domain-imports|domain-purity|lib-imports/);
});
