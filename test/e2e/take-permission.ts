import type { StackTemplate } from '../../lib/local/template/template.ts';

interface Statement {
  Action: string | string[];
}

interface PolicyHolder {
  readonly Properties?: {
    readonly PolicyDocument?: { Statement: Statement[] };
    readonly Policies?: readonly { readonly PolicyDocument: { Statement: Statement[] } }[];
  };
}

/**
 * Takes one action out of every statement of a role's policies, as if the stack did not grant it.
 *
 * @param role beginning of the logical ids of the role and its policies
 * @throws Error if none of them has it
 */
export const takePermission = (templates: readonly StackTemplate[], role: string, action: string): void => {
  let taken = 0;
  const withoutIt = (statement: Statement): Statement[] => {
    const actions = [statement.Action].flat();
    const kept = actions.filter((name) => name !== action);
    taken += actions.length - kept.length;
    return kept.length === 0 ? [] : [{ ...statement, Action: kept }];
  };
  for (const { template } of templates)
    for (const [logicalId, { Properties }] of Object.entries(
      (template as { Resources: Record<string, PolicyHolder> }).Resources,
    )) {
      if (!logicalId.startsWith(role)) continue;
      const documents = [
        Properties?.PolicyDocument,
        ...(Properties?.Policies ?? []).map((each) => each.PolicyDocument),
      ];
      for (const document of documents) if (document) document.Statement = document.Statement.flatMap(withoutIt);
    }
  if (taken === 0) throw new Error(`no policy of ${role} has ${action}`);
};
