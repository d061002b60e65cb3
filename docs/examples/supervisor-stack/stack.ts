import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { AgentFunction } from '../../../lib/constructs/agent-function.ts';
import type { FunctionAgent } from '../../../lib/constructs/agent-registration.ts';

/** What Switchboard knows of the supervisor. Without `sub_agents`, it chooses among all agents. */
export const TEAM_LEAD = {
  agent_id: 'team-lead',
  agent_type: 'supervisor',
  name: 'Team lead',
  description: 'Knows what our own words mean.',
  capabilities: ['choose_agent'],
  specializations: [],
  timeout_seconds: 10,
} satisfies FunctionAgent;

/** What `npm start -- --stack` asks for. */
export const addStacks = (app: App, stage: string): void => {
  const stack = new Stack(app, `team-lead-${stage}`, { description: 'A supervisor' });
  new AgentFunction(stack, 'TeamLead', {
    stage,
    entry: join(import.meta.dirname, 'supervisor.ts'),
    definition: TEAM_LEAD,
  });
};
