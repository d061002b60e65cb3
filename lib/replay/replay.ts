import { loadRoutingModel } from '../../functions/adapters/routing-model.ts';
import type { ReadIntent } from '../../functions/domain/routing/intent/intent-reading.ts';
import { ROUTING_POLICY } from '../../functions/domain/routing/scoring/policy.ts';
import { isChange, judgeDecision } from './judge-decision.ts';
import { localSource } from './local-source.ts';
import type { ReplayOptions } from './options.ts';
import { isOtherRole, readAgain } from './read-again.ts';
import { readConversation } from './read-conversation.ts';
import { readDecisions } from './read-decisions.ts';
import { readPolicy } from './read-policy.ts';
import { judgementJson, judgementText, summaryText } from './report.ts';
import type { Entry } from './stored-turn.ts';
import { makeTally } from './tally.ts';

/** Where a replay writes. */
export interface Output {
  /** What it found. Settles when more may be written. */
  readonly print: (text: string) => Promise<void>;
  /** What a person should know meanwhile. */
  readonly note: (text: string) => void;
}

/** Decisions after which it is said that it goes on. */
const PROGRESS_EVERY = 10_000;

const entriesOf = async ({ from }: ReplayOptions): Promise<AsyncIterable<Entry>> => {
  if (from.kind === 'file') return readDecisions(from.name);
  const source = 'url' in from.source ? from.source : await localSource(from.source.dataDir, from.source.user);
  return readConversation(source, from.id);
};

/** Today's model, loaded by the first message. */
const lazyModel = (): ReadIntent => {
  let readIntent: ReadIntent | undefined;
  return (subject) => {
    readIntent ??= loadRoutingModel(new URL('../../functions/model/', import.meta.url)).readIntent;
    return readIntent(subject);
  };
};

const policiesOf = ({ policy: path, was }: ReplayOptions, { note }: Output) => {
  const policy = path === undefined ? ROUTING_POLICY : readPolicy(path);
  const isDisguised =
    policy.version === ROUTING_POLICY.version && JSON.stringify(policy) !== JSON.stringify(ROUTING_POLICY);
  if (isDisguised) note(`${path} has the version ${policy.version} of the policy that ships: give it one of its own`);
  return { policy, known: [ROUTING_POLICY, policy, ...was.map(readPolicy)] };
};

/**
 * Says of each decision what a policy would make of it, and at the end what it comes to.
 * @throws ReadError, StartError where something can't be read
 */
export const replay = async (options: ReplayOptions, output: Output): Promise<void> => {
  const { policy, known } = policiesOf(options, output);
  const readIntent = lazyModel();
  const tally = makeTally(policy.version);
  let seen = 0;
  for await (const entry of await entriesOf(options)) {
    seen += 1;
    if (seen % PROGRESS_EVERY === 0) output.note(`… ${seen}`);
    if (entry.decision === undefined) {
      tally.undecided();
      continue;
    }
    const judgement = judgeDecision(entry.decision, policy, known);
    const again = options.from.kind === 'conversation' ? readAgain(entry, readIntent) : undefined;
    tally.count(judgement, again);
    const isWanted = !options.changed || isChange(judgement) || (again !== undefined && isOtherRole(again));
    if (!isWanted) continue;
    const said = options.json
      ? JSON.stringify(judgementJson(entry, judgement, again))
      : judgementText(entry, judgement, again);
    await output.print(said);
  }
  const summary = tally.summary();
  await output.print(options.json ? JSON.stringify({ summary }) : summaryText(summary));
};
