import { defineAgent, type Task } from '../../../functions/agents/kit/define-agent.ts';

/** What this team's words mean, which no model can know: the first that a message says decides. */
const TEAM_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:on[- ]call|pager|outage|incident)\b/i, 'debugger'],
  [/\b(?:runbook|handbook|release train)\b/i, 'documentation'],
  [/\b(?:gatekeeping|sign[- ]off)\b/i, 'code_reviewer'],
];

const SMALL_TALK = /^\W*(?:hi|hello|thanks|thank you|good morning)\W*$/i;

const answer = ({ message, candidates }: Task) => {
  if (SMALL_TALK.test(message)) return { content: '', route: { role: 'none', reason: 'small talk' } };
  for (const [words, role] of TEAM_WORDS) {
    const said = words.exec(message)?.[0];
    const chosen = candidates.find((candidate) => candidate.role === role);
    if (said !== undefined && chosen !== undefined)
      return { content: '', route: { agentId: chosen.agentId, reason: `“${said}” is for ${role} here` } };
  }
  // The best first: what the built-in routing would do.
  const [best] = candidates;
  if (best === undefined) return { content: 'There is nobody to choose.' };
  return { content: '', route: { agentId: best.agentId, reason: 'none of our words is in it' } };
};

/** Chooses among agents by the words of one team. */
export const handler = defineAgent({ role: 'supervisor', engine: 'rules', answer });
