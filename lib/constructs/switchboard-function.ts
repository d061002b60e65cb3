import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from '../config.ts';

export interface SwitchboardFunctionProps {
  readonly settings: Pick<Settings, 'logLevel' | 'logRetentionDays' | 'removalPolicy'>;
  /** Directory with the bundle: `index.mjs`, which exports `handler`. */
  readonly directory: string;
  readonly description: string;
  readonly timeout: Duration;
  /** MiB; the share of a CPU grows with it, one whole at 1769. @default 512 */
  readonly memorySize?: number;
  /** @default - only what every function gets */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A Lambda function as Switchboard runs all of its own: with a role that may write its own log group and nothing else,
 * and an alias `live` on its newest version. Callers call `live`, so that code can be shifted and rolled back.
 */
export class SwitchboardFunction extends LambdaFunction {
  readonly live: Alias;
  /** The function's role, as one that can be granted to. */
  readonly ownRole: Role;

  constructor(scope: Construct, id: string, props: SwitchboardFunctionProps) {
    const { settings } = props;
    // A role of our own: the default one comes with a managed policy that may write every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: settings.logRetentionDays,
      removalPolicy: settings.removalPolicy === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      description: props.description,
      code: Code.fromAsset(props.directory),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      // A fifth cheaper a millisecond than x86_64, and the bundles hold no native code.
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout,
      role,
      logGroup,
      environment: {
        LOG_LEVEL: settings.logLevel,
        ...props.environment,
      },
    });
    this.ownRole = role;
    this.live = new Alias(this, 'Live', { aliasName: 'live', version: this.currentVersion });
  }
}
