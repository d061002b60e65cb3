import { Duration, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import { AGENT_TAG } from './access.ts';
import { SwitchboardFunction } from './switchboard-function.ts';

export interface AgentFunctionProps {
  readonly settings: Settings;
  /** Directory with the bundle: `index.mjs`, which exports `handler`. */
  readonly directory: string;
  readonly description: string;
  /** At least `timeout_seconds` of the agent's definition. @default Duration.seconds(30) */
  readonly timeout?: Duration;
  /** MiB @default 512 */
  readonly memorySize?: number;
}

/**
 * An agent that Switchboard may call: the tag is what permits it, so a function of any team's stack in the same account
 * and region works, once registered. Grant the role what the agent itself needs.
 */
export class AgentFunction extends SwitchboardFunction {
  constructor(scope: Construct, id: string, props: AgentFunctionProps) {
    super(scope, id, {
      ...props,
      timeout: props.timeout ?? Duration.seconds(30),
      environment: {
        // The kit's logger names its service by it.
        POWERTOOLS_SERVICE_NAME: 'switchboard',
        MODEL_PROVIDER: props.settings.modelProvider,
      },
    });
    Tags.of(this).add(AGENT_TAG.key, AGENT_TAG.value, { includeResourceTypes: ['AWS::Lambda::Function'] });
  }
}
