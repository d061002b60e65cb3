import { CustomResource, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { BUILT_IN_TIMEOUT_SECONDS, type BuiltInAgent, builtInDefinitions } from './built-in-agents.ts';
import type { Settings } from './config.ts';
import { grantInvokeAgents, grantTable, type TableAction } from './constructs/access.ts';
import { AgentFunction } from './constructs/agent-function.ts';
import { everyMinute } from './constructs/every-minute.ts';
import { FrontDoor, STREAM_TIMEOUT } from './constructs/front-door.ts';
import { SwitchboardFunction, type SwitchboardFunctionProps } from './constructs/switchboard-function.ts';
import type { FunctionName } from './functions.ts';
import { type StateStack, WORKER_TIMEOUT } from './state-stack.ts';

export interface SwitchboardStackProps extends StackProps {
  readonly settings: Settings;
  readonly state: StateStack;
  /** Directory of each function's bundle. */
  readonly bundles: Readonly<Record<FunctionName, string>>;
}

/** What runs: functions, API, schedules. All of it can be replaced; what must be kept is in `StateStack`. */
export class SwitchboardStack extends Stack {
  private readonly props: SwitchboardStackProps;

  constructor(scope: Construct, id: string, props: SwitchboardStackProps) {
    super(scope, id, props);
    this.props = props;
    this.addStackDependency(props.state);
    new FrontDoor(this, 'FrontDoor', {
      settings: props.settings,
      authorizer: this.authorizer().live,
      router: this.router().live,
      api: this.api().live,
    });
    this.worker();
    everyMinute(this, 'Sweep', this.sweeper());
    everyMinute(this, 'Probe', this.monitor());
    this.registerBuiltInAgents();
  }

  private authorizer(): SwitchboardFunction {
    const { oidcIssuer, oidcAudience, oidcJwksUri, cognito, claims, multiTenant } = this.props.settings;
    const oidc = { issuer: oidcIssuer, audience: oidcAudience, jwksUri: oidcJwksUri, claims, cognito, multiTenant };
    return this.function('Authorizer', {
      description: 'Who calls: turns a bearer token into user, tenant and scopes',
      timeout: Duration.seconds(10),
      environment: { OIDC: JSON.stringify(oidc) },
    });
  }

  private router(): SwitchboardFunction {
    const router = this.function('Router', {
      description: 'Takes a message, picks the agent, brings back its answer',
      // As long as the reply may stream: a turn's deadline is up to 840 s.
      timeout: STREAM_TIMEOUT,
      // Half a CPU and more: the import (~100 ms on a whole one) and the decision are on the caller's clock.
      memorySize: 1024,
      environment: this.turnEnvironment(),
    });
    // Delete: a turn that is minted anew, because it would sort before the one it follows, takes its old item away.
    this.grantTurns(router, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    return router;
  }

  private api(): SwitchboardFunction {
    const { conversations, registry } = this.props.state;
    const api = this.function('Api', {
      description: 'Answers all GET routes',
      timeout: Duration.seconds(15),
      environment: {
        CONVERSATIONS_TABLE: conversations.tableName,
        REGISTRY_TABLE: registry.tableName,
        RETENTION_DAYS: String(this.props.settings.retentionDays),
      },
    });
    grantTable(api.ownRole, conversations, { actions: ['GetItem', 'Query'], indexes: ['by_owner', 'open'] });
    grantTable(api.ownRole, registry, { actions: ['Query'] });
    return api;
  }

  private worker(): void {
    const { undelivered } = this.props.state;
    const worker = this.function('Worker', {
      description: 'Tries undelivered turns again',
      timeout: WORKER_TIMEOUT,
      memorySize: 1024,
      environment: this.turnEnvironment(),
    });
    this.grantTurns(worker, ['GetItem', 'Query', 'PutItem', 'UpdateItem']);
    worker.live.addEventSource(
      new SqsEventSource(undelivered, {
        // Few, and all tried at the same time: the whole batch has the function's timeout.
        batchSize: 5,
        reportBatchItemFailures: true,
        // Not reserved concurrency: a throttled poller burns receives until the message is in the dead-letter queue.
        maxConcurrency: 10,
      }),
    );
  }

  private sweeper(): SwitchboardFunction {
    const { conversations, undelivered } = this.props.state;
    const sweeper = this.function('Sweeper', {
      description: 'Finds turns whose lease is over or whose next attempt is overdue',
      // Less than the minute after which the next run starts.
      timeout: Duration.seconds(50),
      environment: {
        CONVERSATIONS_TABLE: conversations.tableName,
        UNDELIVERED_QUEUE_URL: undelivered.queueUrl,
      },
    });
    grantTable(sweeper.ownRole, conversations, { actions: ['GetItem', 'UpdateItem'], indexes: ['open'] });
    undelivered.grant(sweeper.ownRole, 'sqs:SendMessage');
    return sweeper;
  }

  private monitor(): SwitchboardFunction {
    const { registry } = this.props.state;
    const monitor = this.function('Monitor', {
      description: 'Probes every agent and writes its health',
      timeout: Duration.seconds(50),
      environment: { REGISTRY_TABLE: registry.tableName },
    });
    grantTable(monitor.ownRole, registry, { actions: ['UpdateItem'], indexes: ['monitored'] });
    grantInvokeAgents(monitor.ownRole);
    return monitor;
  }

  private registerBuiltInAgents(): void {
    const { registry } = this.props.state;
    const registrar = this.function('Registrar', {
      description: 'Registers the built-in agents at deployment',
      timeout: Duration.seconds(120),
      environment: { REGISTRY_TABLE: registry.tableName },
    });
    grantTable(registrar.ownRole, registry, { actions: ['GetItem', 'UpdateItem'] });
    grantInvokeAgents(registrar.ownRole);
    const definitions = builtInDefinitions((agent) => this.agent(agent).live.functionArn);
    const registration = new CustomResource(this, 'BuiltInAgents', {
      resourceType: 'Custom::BuiltInAgents',
      serviceToken: registrar.live.functionArn,
      serviceTimeout: Duration.minutes(5),
      // One string: CloudFormation would turn the numbers inside into strings.
      properties: { Agents: this.toJsonString(definitions) },
    });
    // The role includes its policies: without them the first call is denied.
    registration.node.addDependency(registrar.ownRole);
  }

  private agent({ construct, description }: BuiltInAgent): AgentFunction {
    return new AgentFunction(this, construct, {
      settings: this.props.settings,
      directory: this.props.bundles[construct],
      description,
      timeout: Duration.seconds(BUILT_IN_TIMEOUT_SECONDS),
    });
  }

  private function(
    id: FunctionName,
    props: Omit<SwitchboardFunctionProps, 'settings' | 'directory'>,
  ): SwitchboardFunction {
    const { settings, bundles } = this.props;
    return new SwitchboardFunction(this, id, {
      ...props,
      settings,
      directory: bundles[id],
      environment: { STAGE: settings.stage, ...props.environment },
    });
  }

  /** What router and worker need to deliver a turn. */
  private turnEnvironment(): Record<string, string> {
    const { state, settings } = this.props;
    return {
      CONVERSATIONS_TABLE: state.conversations.tableName,
      REGISTRY_TABLE: state.registry.tableName,
      UNDELIVERED_QUEUE_URL: state.undelivered.queueUrl,
      RETENTION_DAYS: String(settings.retentionDays),
    };
  }

  private grantTurns(to: SwitchboardFunction, actions: readonly TableAction[]): void {
    const { conversations, registry, undelivered } = this.props.state;
    grantTable(to.ownRole, conversations, { actions });
    grantTable(to.ownRole, registry, { actions: ['Query'] });
    undelivered.grant(to.ownRole, 'sqs:SendMessage');
    grantInvokeAgents(to.ownRole);
  }
}
