import { join } from 'node:path';
import { type App, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AgentFunction } from '../../../lib/constructs/agent-function.ts';
import type { FunctionAgent } from '../../../lib/constructs/agent-registration.ts';

/** What Switchboard and its users know of the agent. */
export const CHANGELOG_WRITER = {
  agent_id: 'changelog-writer',
  agent_type: 'documentation',
  name: 'Changelog writer',
  description: 'Writes a changelog from conventional commits.',
  capabilities: ['changelog'],
  specializations: ['conventional-commits'],
  examples: ['Write the changelog of these commits: feat: export as CSV'],
  timeout_seconds: 10,
} satisfies FunctionAgent;

interface ChangelogStackProps extends StackProps {
  /** Stage of the Switchboard that gets the agent. */
  readonly stage: string;
}

/** A team's own stack with one agent: all that it takes to bring one. */
class ChangelogStack extends Stack {
  constructor(scope: Construct, id: string, { stage, ...props }: ChangelogStackProps) {
    super(scope, id, props);
    new AgentFunction(this, 'ChangelogWriter', {
      stage,
      entry: join(import.meta.dirname, 'agent.ts'),
      definition: CHANGELOG_WRITER,
    });
  }
}

/** What `npm start -- --stack` asks for. */
export const addStacks = (app: App, stage: string): void => {
  new ChangelogStack(app, `changelog-${stage}`, { stage, description: 'An agent that writes changelogs' });
};
