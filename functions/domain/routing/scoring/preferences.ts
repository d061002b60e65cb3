import type { JsonObject } from '../../contract/agent-protocol.ts';
import { termOf } from '../words.ts';

/** What of a user's preferences routing knows. */
export interface Preferences {
  /** Words for how much the user knows, as an agent may be specialised in. */
  readonly expertise: ReadonlySet<string>;
  /** Ids of agents, the dearest first. */
  readonly preferredAgents: readonly string[];
  /** Programming or human languages, as terms. */
  readonly languages: ReadonlySet<string>;
}

/** More are not looked at. */
const MAX_WORDS = 32;

const EXPERTISE: ReadonlyMap<string, readonly string[]> = new Map([
  ['beginner', ['beginner', 'beginners', 'novice', 'novices', 'junior']],
  ['intermediate', ['intermediate']],
  ['expert', ['expert', 'experts', 'advanced', 'senior']],
]);

const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value])
    .filter((item: unknown): item is string => typeof item === 'string' && item.length <= 128)
    .slice(0, MAX_WORDS);

/** Reads `{expertise, preferred_agents, languages}`; what is missing, or of another form, says nothing. */
export const preferencesOf = (preferences: JsonObject = {}): Preferences => {
  const [level = ''] = textsOf(preferences.expertise);
  return {
    expertise: new Set(EXPERTISE.get(level.toLowerCase())),
    preferredAgents: textsOf(preferences.preferred_agents),
    languages: new Set(textsOf(preferences.languages).map(termOf)),
  };
};
