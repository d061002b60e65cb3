import type { Cause } from './causes.ts';
import type { Judgement, UnknownReason } from './judge-decision.ts';
import { isOtherRole, type ReadAgain } from './read-again.ts';
import type { Entry } from './stored-turn.ts';
import type { Summary } from './tally.ts';

const WHY: Readonly<Record<UnknownReason, string>> = {
  drawn_among_equals: 'one of several equal agents would be drawn',
  rule_may_name_agent: 'the rule may name this agent, or only its role',
  no_probabilities: 'the probabilities of the roles are not stored with it',
  claims_not_stored: 'which agents of other roles may claim it is not stored',
  signal_unknown: 'it was measured by signals that this policy does not know',
  target_not_stored: 'the chosen agent is not among its candidates',
};

const nameOf = (agentId: string | null): string => agentId ?? 'nobody';

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

const causeText = ({ field, was, now, moves }: Cause): string => {
  const values = was === undefined || was === now ? `${field} ${now}` : `${field} ${was} → ${now}`;
  return moves === undefined ? values : `${values} (${signed(moves)})`;
};

const headOf = (judgement: Judgement): string => {
  const { verdict, from, to, role, why, unsure } = judgement;
  switch (verdict) {
    case 'same':
      return `${nameOf(from)}, as before`;
    case 'margin':
      return `${nameOf(from)}, as before, by more or less`;
    case 'unsure':
      return `${nameOf(from)}; a supervisor ${unsure?.now ? 'would be asked' : 'would no longer be asked'}`;
    case 'pin':
      return `${nameOf(from)} → ${nameOf(to)}: the pin would ${to === null ? 'be refused' : 'no longer be refused'}`;
    case 'role':
      return `${nameOf(from)} → ${nameOf(to)}, probably: the message would be for the role ${role}`;
    case 'agent':
      return `${nameOf(from)} → ${nameOf(to)}`;
    case 'unknown':
      return `${nameOf(from)}: nobody can say, ${why === undefined ? '' : WHY[why]}`;
    default:
      return verdict satisfies never;
  }
};

const placeOf = ({ line, turn }: Entry): string =>
  [line === undefined ? [] : `line ${line}`, turn?.turnId ?? [], turn?.createdAt ?? []].flat().join(' ');

const modelText = ({ was, now }: ReadAgain): string =>
  `today's model (${now.model}) reads ${now.role} ${now.probability}; it was ${was.role} ${was.probability ?? 'before'} (${was.model})`;

/** What is said of one decision, for a person. */
export const judgementText = (entry: Entry, judgement: Judgement, again: ReadAgain | undefined): string => {
  const { because, lead, equals, partial } = judgement;
  const details = [
    because.length === 0 ? [] : `because of ${because.map(causeText).join(', ')}`,
    equals === undefined ? [] : `equal: ${equals.join(', ')}`,
    lead === undefined || lead.was === lead.now ? [] : `lead of ${nameOf(judgement.from)} ${lead.was} → ${lead.now}`,
    partial ? 'agents that are not stored may change this' : [],
    again === undefined || !isOtherRole(again) ? [] : modelText(again),
  ].flat();
  return [`${placeOf(entry)}: ${headOf(judgement)}`, ...details.map((detail) => `    ${detail}`)].join('\n');
};

/** The same for programs: one line of JSON. */
export const judgementJson = ({ line, turn, decision }: Entry, judgement: Judgement, again: ReadAgain | undefined) => ({
  line,
  turn_id: turn?.turnId,
  created_at: turn?.createdAt,
  policy_version: decision?.policyVersion,
  ...judgement,
  model: again,
});

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** The last lines, for a person. */
export const summaryText = (summary: Summary): string => {
  const { policy, decisions, undecided, changed, share, by_verdict, by_field, unknown, partial, moves, model } =
    summary;
  return [
    `${decisions} decisions under the policy ${policy}: ${changed} changed (${percent(share)})`,
    decisions === 0 ? [] : `  by verdict: ${listed(by_verdict)}`,
    changed === 0 ? [] : `  by field: ${listed(by_field)}`,
    moves.map(({ from, to, count }) => `  ${count} × ${nameOf(from)} → ${nameOf(to)}`),
    Object.entries(unknown).map(([why, count]) => `  ${count} × nobody can say: ${WHY[why as UnknownReason]}`),
    partial === 0 ? [] : `  ${partial} × agents that are not stored may change it`,
    model.read === 0 ? [] : `  today's model reads another role in ${model.other_role} of ${model.read} messages`,
    undecided === 0 ? [] : `  ${undecided} turns without a decision`,
  ]
    .flat()
    .join('\n');
};
