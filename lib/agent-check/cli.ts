import { readOptions, USAGE, UsageError } from './options.ts';
import { outcomeText, reportJson, summaryText } from './report.ts';
import { runChecks } from './run-checks.ts';
import { makeSubject } from './subject.ts';

/** What is at work right now, where a person looks; gone when the next line is written. */
const showProgress = (text: string): void => {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${text}`);
};

/** Checks one agent and prints what it found. @returns the exit code */
const main = async (args: readonly string[]): Promise<number> => {
  const { help, json, check } = readOptions(args);
  if (help || check === undefined) {
    console.log(USAGE);
    return 0;
  }
  const subject = makeSubject(check);
  const print = json ? () => undefined : (text: string) => console.log(text);
  const progress = json ? () => undefined : showProgress;
  print(`Checking ${check.address} as a ${check.role}`);
  const outcomes = await runChecks(subject, {
    started: ({ id }) => progress(`… ${id}`),
    finished: (outcome) => {
      progress('');
      print(outcomeText(outcome));
    },
  });
  print(summaryText(outcomes, subject));
  if (json) console.log(JSON.stringify(reportJson(outcomes, subject), undefined, 2));
  return outcomes.some(({ verdict }) => verdict.result === 'fail') ? 1 : 0;
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  showProgress('');
  console.error(`${error.message}; npm run agent:check -- --help lists the options`);
  process.exitCode = 2;
}
