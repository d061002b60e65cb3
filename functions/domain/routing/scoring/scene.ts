import type { IntentReading } from '../intent/intent-reading.ts';
import type { RoutableAgent, RoutingInput } from '../routing-input.ts';
import { termOf, termsIn } from '../words.ts';
import { type Preferences, preferencesOf } from './preferences.ts';

/** Of agents' median durations the shortest and the middle one, ms. */
export interface Pace {
  readonly fastestMs: number;
  readonly typicalMs: number;
}

/** What every agent is measured against. */
export interface Scene {
  /** How probable it is that the message is for a role, in [0, 1]. */
  readonly roleProbability: (role: string) => number;
  /** What the message asks for, as capabilities may be called. */
  readonly task: string;
  readonly complexity: number | null;
  /** What the message and its files name, as specializations may. */
  readonly terms: ReadonlySet<string>;
  /** What the conversation's context names. */
  readonly contextTerms: ReadonlySet<string>;
  readonly preferences: Preferences;
  readonly similarity: (agentId: string) => number | undefined;
  readonly inFlight: (agent: RoutableAgent) => number;
  /** Agent that gave the conversation's last answer. */
  readonly previousAgent: string | undefined;
  /** Each agent's share of the conversation's answers, newer ones counting more; together less than 1. */
  readonly answered: ReadonlyMap<string, number>;
  /** How much the message leans on what was said before, in [0, 1]. */
  readonly leaning: number;
  /** Tokens of conversation and message, roughly. */
  readonly tokens: number;
  /** How fast the candidates are whose calls mostly work; null if of none it is known. */
  readonly pace: Pace | null;
}

/** Characters at the start of a message, and of the context, in which it is looked for what agents are specialised in. */
const NAMING_CHARACTERS = 2_000;

/** A message of so many characters says itself what it is about. */
const SELF_CONTAINED_CHARACTERS = 200;

const BYTES_PER_TOKEN = 4;

/** The less a message says itself, the more it leans on the answer before. */
const leaningOf = ({ message, attachments }: RoutingInput): number =>
  attachments.length > 0 ? 0 : Math.max(0, 1 - message.length / SELF_CONTAINED_CHARACTERS);

const answeredBy = (previousAgents: readonly string[]): ReadonlyMap<string, number> => {
  const shares = new Map<string, number>();
  previousAgents.forEach((agentId, ago) => {
    shares.set(agentId, (shares.get(agentId) ?? 0) + 0.5 ** (ago + 1));
  });
  return shares;
};

/** The texts of a JSON value, as many as fit into the characters that are looked at. */
const textIn = (value: unknown, depth = 4): string => {
  if (typeof value === 'string') return value.slice(0, NAMING_CHARACTERS);
  if (typeof value !== 'object' || value === null || depth === 0) return '';
  let text = '';
  for (const item of Object.values(value)) {
    if (text.length >= NAMING_CHARACTERS) break;
    text += `\n${textIn(item, depth - 1)}`;
  }
  return text.slice(0, NAMING_CHARACTERS);
};

/** Whether most of an agent's calls work: else its median duration is that of a failure. */
export const mostlyWorks = ({ errorRate }: Pick<RoutableAgent, 'errorRate'>): boolean => (errorRate ?? 0) < 0.5;

const paceOf = (candidates: readonly RoutableAgent[]): Pace | null => {
  const known: number[] = [];
  for (const agent of candidates) if (agent.p50Ms !== null && mostlyWorks(agent)) known.push(Math.max(agent.p50Ms, 1));
  const sorted = Float64Array.from(known).sort();
  const [fastestMs] = sorted;
  const typicalMs = sorted[sorted.length >> 1];
  return fastestMs === undefined || typicalMs === undefined ? null : { fastestMs, typicalMs };
};

const tokensOf = ({ message, attachments, conversationBytes = 0 }: RoutingInput): number =>
  (attachments.reduce((sum, { content }) => sum + content.length, message.length) + conversationBytes) /
  BYTES_PER_TOKEN;

/** @param candidates agents that no gate takes out: how fast one is, is said in relation to them */
export const sceneOf = (
  input: RoutingInput,
  reading: IntentReading,
  seen: Pick<Scene, 'roleProbability' | 'similarity'>,
  candidates: readonly RoutableAgent[],
): Scene => {
  const { previousAgents = [], contextData = {} } = input;
  return {
    ...seen,
    task: termOf(reading.taskType.replaceAll('_', ' ')),
    complexity: reading.complexity,
    terms: new Set([...termsIn(input.message.slice(0, NAMING_CHARACTERS)), ...reading.domains.map(termOf)]),
    contextTerms: termsIn(textIn(contextData)),
    preferences: preferencesOf(input.userPreferences),
    inFlight: input.inFlight ?? (() => 0),
    previousAgent: previousAgents[0],
    answered: answeredBy(previousAgents),
    leaning: leaningOf(input),
    tokens: tokensOf(input),
    pace: paceOf(candidates),
  };
};
