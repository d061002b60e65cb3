import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { Settings } from './config.ts';
import { grantInvokeAgents, grantReadSecrets, grantTable, type TableAction } from './constructs/access.ts';
import { registrarExport } from './constructs/agent-registration.ts';
import { addBuiltInAgents } from './constructs/built-in-agents.ts';
import { everyMinute } from './constructs/every-minute.ts';
import { FrontDoor, STREAM_TIMEOUT } from './constructs/front-door.ts';
import {
  grantKeepAgents,
  grantKeepRules,
  grantMonitorAgents,
  grantReadAgents,
  grantReadRules,
  grantRemoveAgents,
  grantRouting,
} from './constructs/registry-access.ts';
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
      answering: { router: this.router().live, registration: this.registration().live, api: this.api().live },
    });
    this.worker();
    everyMinute(this, 'Sweep', this.sweeper());
    everyMinute(this, 'Probe', this.monitor());
    const registrar = this.registrar();
    new CfnOutput(this, 'RegistrarArn', {
      description: 'What registers agents of other stacks',
      value: registrar.live.functionArn,
      exportName: registrarExport(props.settings.stage),
    });
    addBuiltInAgents(this, { settings: props.settings, bundles: props.bundles, registrar });
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
    grantReadAgents(api.ownRole, registry);
    grantReadRules(api.ownRole, registry);
    return api;
  }

  private registration(): SwitchboardFunction {
    const { registry } = this.props.state;
    const registration = this.function('Registration', {
      description: 'Registers, changes, checks and deregisters agents',
      // API Gateway waits 29 s for a whole reply.
      timeout: Duration.seconds(29),
      environment: this.registryEnvironment(),
    });
    grantKeepAgents(registration.ownRole, registry);
    grantKeepRules(registration.ownRole, registry);
    this.grantCallAgents(registration);
    return registration;
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
    const monitor = this.function('Monitor', {
      description: 'Probes every agent, sums up what routers counted, and writes both',
      timeout: Duration.seconds(50),
      // A hundred TLS handshakes at a time want more of a CPU.
      memorySize: 1024,
      environment: this.registryEnvironment(),
    });
    grantMonitorAgents(monitor.ownRole, this.props.state.registry);
    grantRemoveAgents(monitor.ownRole, this.props.state.registry);
    this.grantCallAgents(monitor);
    return monitor;
  }

  private registrar(): SwitchboardFunction {
    const registrar = this.function('Registrar', {
      description: 'Registers the agents of stacks at their deployment',
      // It waits for the last turn of an agent that its stack removes.
      timeout: Duration.minutes(15),
      environment: this.registryEnvironment(),
    });
    grantKeepAgents(registrar.ownRole, this.props.state.registry);
    grantRemoveAgents(registrar.ownRole, this.props.state.registry);
    this.grantCallAgents(registrar);
    return registrar;
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

  /** What those need that call agents. */
  private registryEnvironment(): Record<string, string> {
    const { state, settings } = this.props;
    return {
      REGISTRY_TABLE: state.registry.tableName,
      ...(settings.agentHosts === undefined ? {} : { AGENT_HOSTS: settings.agentHosts.join(',') }),
    };
  }

  /** What router and worker need to deliver a turn. */
  private turnEnvironment(): Record<string, string> {
    const { state, settings } = this.props;
    return {
      ...this.registryEnvironment(),
      CONVERSATIONS_TABLE: state.conversations.tableName,
      UNDELIVERED_QUEUE_URL: state.undelivered.queueUrl,
      RETENTION_DAYS: String(settings.retentionDays),
      SUPERVISOR_MODE: settings.supervisor.mode,
      SUPERVISOR_TIMEOUT_MS: String(settings.supervisor.timeoutMs),
    };
  }

  private grantCallAgents(to: SwitchboardFunction): void {
    grantInvokeAgents(to.ownRole, this.props.settings.stage);
    grantReadSecrets(to.ownRole, this.props.settings.stage);
  }

  private grantTurns(to: SwitchboardFunction, actions: readonly TableAction[]): void {
    const { conversations, registry, undelivered } = this.props.state;
    grantTable(to.ownRole, conversations, { actions });
    grantRouting(to.ownRole, registry);
    undelivered.grant(to.ownRole, 'sqs:SendMessage');
    this.grantCallAgents(to);
  }
}
