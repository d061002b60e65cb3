import type { Visibility } from '../../domain/contract/agent.ts';
import { Failure } from '../../domain/contract/failures.ts';
import { storeSignal } from '../deadlines.ts';
import type { Principal, RuleStore, RulesOnRecord } from '../ports.ts';
import { isOfPlatform, ownerOf } from './find-agent.ts';

/**
 * Shows an owner's routing rules. Those of all tenants may name tenants, so they are for the platform's people alone.
 * @throws Failure FORBIDDEN, STORE_UNAVAILABLE
 */
export const makeReadRules =
  ({ rules }: { readonly rules: Pick<RuleStore, 'get'> }) =>
  async (principal: Principal, visibility: Visibility | undefined): Promise<RulesOnRecord> => {
    const owner = ownerOf(principal, visibility);
    if (owner === 'global' && !isOfPlatform(principal))
      throw new Failure(
        'FORBIDDEN',
        'The token lacks the scope platform: it takes that to see the rules of all tenants.',
      );
    return rules.get(owner, storeSignal());
  };
