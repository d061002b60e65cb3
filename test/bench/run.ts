import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT, runTool } from '../check/run-tool.ts';
import { openBenchCloud } from './bench-cloud.ts';
import { measureCode, measureModelLoad } from './code.ts';
import { measureDecisions, measurePaste } from './decisions.ts';
import { type Load, measureMemory, measureOverhead, measureStoreCost } from './turns.ts';

const RESULT = join(ROOT, 'test', 'bench', 'results', 'latest.json');

const LOADS: readonly Load[] = [
  { concurrent: 1, turns: 300, agentMs: 0 },
  { concurrent: 10, turns: 300, agentMs: 1_000 },
  { concurrent: 10, turns: 1_000, agentMs: 0 },
  { concurrent: 50, turns: 500, agentMs: 3_000 },
  { concurrent: 50, turns: 1_500, agentMs: 0 },
];

const progress = (step: string): void => void process.stderr.write(`… ${step}\n`);

const measureTurns = async () => {
  progress('starting a local cloud');
  const cloud = await openBenchCloud();
  try {
    progress('one turn after the other, with a slow store');
    await cloud.send('first');
    const store = await measureStoreCost(cloud);
    const overhead = [];
    for (const load of LOADS) {
      progress(`${load.turns} turns, ${load.concurrent} at a time, an agent of ${load.agentMs} ms`);
      overhead.push(await measureOverhead(cloud, load));
    }
    return { ready_ms: cloud.readyMs, store, overhead, rss_mib: await measureMemory(cloud) };
  } finally {
    await cloud.close();
  }
};

/** `npm run bench`: measures what design budgets name, prints it as one JSON object and keeps it in `results/`. */
const main = async (): Promise<void> => {
  const commit = await runTool('git', ['rev-parse', 'HEAD']);
  const [cpu] = cpus();
  progress('sizes and cold imports');
  const functions = await measureCode();
  const model = await measureModelLoad();
  progress('decisions');
  const decisions = measureDecisions();
  const paste = measurePaste();
  const turns = await measureTurns();
  const result = {
    measured_at: new Date().toISOString(),
    commit: commit.stdout.trim(),
    node: process.versions.node,
    machine: { cpu: cpu?.model ?? 'unknown', cores: cpus().length },
    functions,
    model,
    decisions,
    paste,
    ...turns,
  };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  mkdirSync(join(RESULT, '..'), { recursive: true });
  writeFileSync(RESULT, text);
  process.stdout.write(text);
};

await main();
