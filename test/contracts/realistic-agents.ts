import { ROLES } from '../../functions/domain/contract/roles.ts';
import { agentDefinition, seededChance } from '../twins/samples.ts';

const WORDS =
  'billing search catalog invoices payments identity kafka postgres react terraform kubernetes python java golang rust typescript graphql rest lambda dynamodb redis spark airflow snowflake android ios swift kotlin security networking compliance checkout orders inventory shipping pricing fraud ledger onboarding email webhooks oauth saml vision speech reporting dashboards'.split(
    ' ',
  );

/** Agents as teams register them: cards of some 700 bytes, whose ARNs and URLs repeat little. */
export const realisticAgents = (count: number) => {
  const chance = seededChance(3);
  const below = (limit: number): number => Math.floor(chance() * limit);
  const word = (): string => WORDS[below(WORDS.length)] ?? '';
  const letters = (length: number): string => Array.from({ length }, () => below(36).toString(36)).join('');
  const roles = Object.entries(ROLES).filter(([, { capabilities }]) => capabilities.length >= 6);
  return Array.from({ length: count }, (_, index) => {
    const [role = '', { capabilities = [] } = {}] = roles[below(roles.length)] ?? [];
    const id = `${word()}-${word()}-${role.replace('_', '-')}-${index}`;
    return agentDefinition(id, role, {
      capabilities: capabilities.slice(0, 6 + below(5)),
      specializations: Array.from({ length: 3 + below(6) }, word),
      endpoint_url:
        chance() < 0.7
          ? `arn:aws:lambda:eu-central-1:123456789012:function:${id}-Fn${letters(8).toUpperCase()}-${letters(12)}:live`
          : `https://${id}.${word()}.example.com/agents/${letters(8)}`,
      backup_agents: chance() < 0.5 ? [`${word()}-${word()}-${role.replace('_', '-')}-${below(count)}`] : [],
      max_context_tokens: 1000 * 2 ** (3 + below(5)),
    });
  });
};

/** Does something with each of many, `size` at the same time: more would time out on a busy machine. */
export const inBatches = async <T, R>(
  many: readonly T[],
  act: (one: T) => Promise<R>,
  size = 20,
): Promise<readonly R[]> => {
  const results: R[] = [];
  for (let from = 0; from < many.length; from += size)
    results.push(...(await Promise.all(many.slice(from, from + size).map(act))));
  return results;
};
