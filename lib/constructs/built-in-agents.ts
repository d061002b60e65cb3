import { CfnOutput, CustomResource, Duration, type Stack } from 'aws-cdk-lib';
import { REGISTRAR_TIMEOUT_SECONDS } from '../../functions/domain/contract/function-agent.ts';
import { BUILT_IN_TIMEOUT_SECONDS, type BuiltInAgent, builtInDefinitions } from '../built-in-agents.ts';
import type { Settings } from '../config.ts';
import type { FunctionName } from '../functions.ts';
import { tagAsAgent } from './agent-tag.ts';
import { SwitchboardFunction } from './switchboard-function.ts';

export interface BuiltInAgentsProps {
  readonly settings: Settings;
  /** Directory of each function's bundle. */
  readonly bundles: Readonly<Record<FunctionName, string>>;
  readonly registrar: SwitchboardFunction;
}

/**
 * Adds the built-in agents' functions to a stack and registers them at each of its deployments. Changes that others made
 * to their definitions are kept and told; without the stack they stay registered (docs/agent-function.md).
 */
export const addBuiltInAgents = (stack: Stack, { settings, bundles, registrar }: BuiltInAgentsProps): void => {
  const functions: SwitchboardFunction[] = [];
  const add = ({ construct, description }: BuiltInAgent): string => {
    const agent = new SwitchboardFunction(stack, construct, {
      settings,
      directory: bundles[construct],
      description,
      timeout: Duration.seconds(BUILT_IN_TIMEOUT_SECONDS),
      // The kit's logger names its service by the first.
      environment: { POWERTOOLS_SERVICE_NAME: 'switchboard', MODEL_PROVIDER: settings.modelProvider },
    });
    tagAsAgent(agent, settings.stage);
    functions.push(agent);
    return agent.live.functionArn;
  };
  const registration = new CustomResource(stack, 'BuiltInAgents', {
    resourceType: 'Custom::BuiltInAgents',
    serviceToken: registrar.live.functionArn,
    // An agent that leaves drains first.
    serviceTimeout: Duration.seconds(REGISTRAR_TIMEOUT_SECONDS),
    // One text: CloudFormation would turn the numbers inside into strings.
    properties: { Agents: stack.toJsonString(builtInDefinitions(add)) },
  });
  // A role includes its policies: without them the first call is denied.
  for (const { ownRole } of [registrar, ...functions]) registration.node.addDependency(ownRole);
  new CfnOutput(stack, 'BuiltInAgentsOutcome', {
    description: 'What became of the built-in agents at their last registration',
    value: registration.getAttString('Outcome'),
  });
};
