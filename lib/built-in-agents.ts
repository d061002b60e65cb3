import { ROLES } from '../functions/domain/contract/roles.ts';

interface Shape {
  /** Construct id of its function, and name of its bundle. */
  readonly construct: string;
  readonly agentId: string;
  readonly role: string;
  readonly name: string;
  readonly description: string;
  readonly specializations: readonly string[];
}

/** The five agents that every stage comes with. */
const BUILT_IN_AGENTS = [
  {
    construct: 'ContextAnalyzer',
    agentId: 'context-analyzer',
    role: 'context_analyzer',
    name: 'Context analyzer',
    description: 'Explains what exists: structure, dependencies, imports and functions of code, impact of a change.',
    specializations: ['typescript', 'javascript', 'python', 'java', 'go'],
  },
  {
    construct: 'CodeGenerator',
    agentId: 'code-generator',
    role: 'code_generator',
    name: 'Code generator',
    description: 'Produces or changes code: types from a JSON sample, test skeletons, scaffolds.',
    specializations: ['typescript', 'json', 'vitest', 'pytest'],
  },
  {
    construct: 'Debugger',
    agentId: 'debugger',
    role: 'debugger',
    name: 'Debugger',
    description: 'Finds what is broken: reads errors and stack traces and names the frame where it went wrong.',
    specializations: ['nodejs', 'python', 'java', 'go', 'csharp', 'ruby'],
  },
  {
    construct: 'Documentation',
    agentId: 'documentation',
    role: 'documentation',
    name: 'Documentation writer',
    description: 'Writes prose for humans: README, API docs and docstrings from signatures.',
    specializations: ['readme', 'jsdoc', 'python-docstring', 'javadoc', 'godoc'],
  },
  {
    construct: 'CodeReviewer',
    agentId: 'code-reviewer',
    role: 'code_reviewer',
    name: 'Code reviewer',
    description: 'Judges code or a diff: findings on quality, security and practices, with line numbers.',
    specializations: ['typescript', 'javascript', 'python', 'java', 'diff'],
  },
] as const satisfies readonly Shape[];

export type BuiltInAgent = (typeof BUILT_IN_AGENTS)[number];

/** Time that a built-in agent has for its answer, in its definition and as its function's timeout. */
export const BUILT_IN_TIMEOUT_SECONDS = 30;

/**
 * The agents' definitions in the wire form of `AgentDefinition`.
 *
 * @param arnOf ARN to call the agent at; may be a CDK token
 */
export const builtInDefinitions = (arnOf: (agent: BuiltInAgent) => string) =>
  BUILT_IN_AGENTS.map((agent) => ({
    agent_id: agent.agentId,
    agent_type: agent.role,
    name: agent.name,
    description: agent.description,
    capabilities: ROLES[agent.role]?.capabilities ?? [],
    specializations: [...agent.specializations],
    endpoint_url: arnOf(agent),
    max_concurrent_requests: 10,
    timeout_seconds: BUILT_IN_TIMEOUT_SECONDS,
  }));
