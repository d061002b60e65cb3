import * as z from 'zod';
import type { RuleStore, RulesOnRecord } from '../../application/ports.ts';
import { makeReadRules } from '../../application/registry/read-rules.ts';
import { makeReplaceRules, type ReplaceRulesDependencies } from '../../application/registry/replace-rules.ts';
import { RoutingRulesView, RulesQuery } from '../../domain/contract/routing-rules.ts';
import { etagOf } from '../../domain/registry/version-condition.ts';
import type { Operations } from './dispatch.ts';
import { type HttpReply, jsonReply } from './http-reply.ts';
import { ifMatchOf, jsonOf, queryOf } from './http-request.ts';

const rulesReply = ({ rules, unreadable, version, writtenAtMs }: RulesOnRecord): HttpReply => {
  const shown = { rules: [...rules], ...(unreadable.length === 0 ? {} : { unreadable: [...unreadable] }) };
  const etag = etagOf({ version, createdAtMs: writtenAtMs });
  return jsonReply(200, z.encode(RoutingRulesView, shown), { etag });
};

/** What answers the route that shows routing rules. */
export const ruleReadingOperations = (deps: { readonly rules: Pick<RuleStore, 'get'> }): Operations['guarded'] => {
  const read = makeReadRules(deps);
  return {
    getRoutingRules: async (principal, event) =>
      rulesReply(await read(principal, queryOf(event, RulesQuery).visibility)),
  };
};

/** What answers the route that changes routing rules. */
export const ruleChangeOperations = (deps: ReplaceRulesDependencies): Operations['guarded'] => {
  const replace = makeReplaceRules(deps);
  return {
    replaceRoutingRules: async (principal, event) => {
      const { visibility } = queryOf(event, RulesQuery);
      return rulesReply(await replace(principal, visibility, jsonOf(event), ifMatchOf(event)));
    },
  };
};
