import { loadRoutingModel } from '../../functions/adapters/routing-model.ts';
import { readMessages, subjectOf } from './message.ts';
import { type Judged, measure } from './metrics.ts';

const USAGE = `Usage: npm run eval:routing -- FILE.jsonl

Routes every message of a JSON Lines file by the model in functions/model and prints one JSON object: accuracy (strict: the
label; lenient: also_ok too), by label and tag, what is recognised as and wrongly taken for none, steps, calibration, and
times on this machine in milliseconds. A line is {id, text, files, history, label, also_ok, steps, tags}.
`;

const WARM_UP = 50;

const percentile = (sorted: readonly number[], share: number): number =>
  Math.round(1000 * (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)) / 1000;

const evaluate = (path: string) => {
  const messages = readMessages(path);
  const startedMs = performance.now();
  const { readIntent } = loadRoutingModel(new URL('../../functions/model/', import.meta.url));
  const loadMs = performance.now() - startedMs;
  for (const message of messages.slice(0, WARM_UP)) readIntent(subjectOf(message));
  const times: number[] = [];
  const judged = messages.map((message): Judged => {
    const subject = subjectOf(message);
    const fromMs = performance.now();
    const { role, confidence, steps } = readIntent(subject);
    times.push(performance.now() - fromMs);
    return { message, role, confidence, steps };
  });
  times.sort((left, right) => left - right);
  return {
    ...measure(judged),
    p50_ms: percentile(times, 0.5),
    p99_ms: percentile(times, 0.99),
    load_ms: Math.round(10 * loadMs) / 10,
  };
};

const [path, ...rest] = process.argv.slice(2);
if (path === '--help' || path === '-h') process.stdout.write(USAGE);
else if (path === undefined || rest.length > 0) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    process.stdout.write(`${JSON.stringify(evaluate(path))}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}
