import { describe, expect, it } from 'vitest';
import {
  type Described,
  makeProfile,
  readProfile,
} from '../../../../functions/domain/routing/scoring/agent-profile.ts';
import { similarityTo } from '../../../../functions/domain/routing/scoring/message-similarity.ts';
import { COOKING, encodeWords, MONEY, plainTable, TRAVEL } from './profile-texts.ts';

const table = plainTable();
const AGENTS = { travel: TRAVEL, cooking: COOKING, money: MONEY };

const compareWith = (agents: Readonly<Record<string, Described>>, made = table, read = table) => {
  const profiles = Object.entries(agents).flatMap(([agentId, described]) => {
    const profile = readProfile(makeProfile(described, made, encodeWords) ?? '');
    return profile === undefined ? [] : [[agentId, profile] as const];
  });
  const compare = similarityTo(new Map(profiles), read);
  return (text: string) => compare({ text, vector: () => encodeWords(text) });
};

describe('the similarity of a message to agents', () => {
  it('is highest for the agent whose examples resemble it', () => {
    const similarities = compareWith(AGENTS);
    const best = (text: string): string | undefined => {
      const similarity = similarities(text);
      return Object.keys(AGENTS).toSorted((left, right) => (similarity(right) ?? 0) - (similarity(left) ?? 0))[0];
    };
    expect(best('please book a flight to berlin')).toBe('travel');
    expect(best('can i cook lentils with rice')).toBe('cooking');
    expect(best('why was my card declined')).toBe('money');
  });

  it('lies in [0, 1], for all agents together too', () => {
    for (const text of ['', 'book a flight to rome', 'zzz', '\u{d800}', 'a'.repeat(100_000)]) {
      const similarity = compareWith(AGENTS)(text);
      const all = Object.keys(AGENTS).map((agentId) => similarity(agentId) ?? -1);
      for (const one of all) expect(one).toBeGreaterThanOrEqual(0);
      expect(all.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1);
    }
  });

  it('is high for an example and low for what no agent is for', () => {
    const similarities = compareWith(AGENTS);
    expect(similarities('book a flight to rome')('travel')).toBeGreaterThan(0.6);
    for (const agentId of Object.keys(AGENTS))
      expect(similarities('quantum chromodynamics lattice')(agentId)).toBeLessThan(0.1);
  });

  it('finds an agent by its description alone', () => {
    const agents = { ...AGENTS, garden: { description: 'plants trees and waters roses', examples: [] } };
    const similarity = compareWith(agents)('who waters the roses and trees');
    for (const other of Object.keys(AGENTS)) expect(similarity('garden')).toBeGreaterThan(similarity(other) ?? 1);
  });

  it('is the same in whatever order the agents came', () => {
    const { travel, cooking, money } = AGENTS;
    const one = compareWith({ travel, cooking, money })('book a hotel');
    const other = compareWith({ money, travel, cooking })('book a hotel');
    for (const agentId of Object.keys(AGENTS)) expect(other(agentId)).toBeCloseTo(one(agentId) ?? -1, 6);
  });

  it('encodes a message once, and not before an agent with a profile is asked for', () => {
    let encodings = 0;
    const profile = readProfile(makeProfile(TRAVEL, table, encodeWords) ?? '');
    const profiles = new Map(profile === undefined ? [] : [['travel', profile]]);
    const similarity = similarityTo(
      profiles,
      table,
    )({
      text: 'a flight',
      vector: () => {
        encodings += 1;
        return encodeWords('a flight');
      },
    });
    expect([similarity('nobody'), encodings]).toEqual([undefined, 0]);
    expect([similarity('travel'), similarity('travel')].every((one) => one !== undefined)).toBe(true);
    expect(encodings).toBe(1);
  });

  it('survives profiles of another model: they count as none', () => {
    expect(compareWith(AGENTS, plainTable(7), plainTable(8))('book a flight to rome')('travel')).toBeUndefined();
  });

  it('survives a single agent and agents that say the same', () => {
    expect(compareWith({ travel: TRAVEL })('book a flight to rome')('travel')).toBeGreaterThan(0.1);
    const twins = compareWith({ one: TRAVEL, two: TRAVEL })('book a flight to rome');
    expect(twins('one')).toBeCloseTo(twins('two') ?? -1, 6);
  });
});
