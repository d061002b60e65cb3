import * as z from 'zod';

/** What the agents of one role may do, and who may answer in their place. */
const RoleDefinition = z.strictObject({
  /** Capabilities that an agent of this role may declare. */
  capabilities: z.array(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/)),
  /** Roles that may answer, marked `degraded`, when no agent of this role can. */
  fallbackRoles: z.array(z.string()),
});

const RoleTable = z.record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), RoleDefinition).superRefine((table, context) => {
  for (const [role, { fallbackRoles }] of Object.entries(table))
    for (const fallback of fallbackRoles)
      if (!Object.hasOwn(table, fallback) || fallback === role)
        context.addIssue({ code: 'custom', message: `${role} falls back to ${fallback}, which is not another role` });
});

/** The role and capability table: the one place where a role is defined. Validated when it is loaded. */
export const ROLES = RoleTable.parse({
  context_analyzer: {
    capabilities: ['explain', 'trace', 'architecture', 'dependencies', 'impact_analysis', 'compare_approaches'],
    fallbackRoles: [],
  },
  code_generator: {
    capabilities: ['implement', 'scaffold', 'tests', 'refactor', 'port', 'sql', 'regex', 'scripts', 'configuration'],
    fallbackRoles: [],
  },
  debugger: {
    capabilities: ['errors', 'stack_traces', 'failing_tests', 'wrong_output', 'crashes', 'leaks', 'performance', 'fix'],
    fallbackRoles: [],
  },
  documentation: {
    capabilities: ['readme', 'api_docs', 'docstrings', 'changelog', 'adr', 'tutorial', 'runbook', 'usage_examples'],
    fallbackRoles: [],
  },
  code_reviewer: { capabilities: ['quality', 'security', 'practices', 'approval'], fallbackRoles: [] },
  supervisor: { capabilities: ['choose_agent'], fallbackRoles: [] },
});

/** The seed's name for it is AgentType. */
export const Role = z
  .string()
  .refine((role) => Object.hasOwn(ROLES, role), { error: (issue) => `${String(issue.input)} is not a role` })
  .brand<'Role'>()
  .meta({ id: 'Role', description: `One of ${Object.keys(ROLES).join(', ')}.` });
export type Role = z.output<typeof Role>;

/** The role of that name. @throws ZodError if the table has none */
export const role = (name: string): Role => Role.parse(name);

/** Whether agents of `role` may declare `capability`. */
export const mayHave = (ofRole: Role, capability: string): boolean =>
  ROLES[ofRole]?.capabilities.includes(capability) ?? false;
