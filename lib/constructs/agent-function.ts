import { basename, dirname, join } from 'node:path';
import { Duration, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RoleAdditions } from '../../functions/domain/contract/roles.ts';
import { type AgentProps, AgentRegistration, checkedAgent } from './agent-registration.ts';
import { bundle } from './bundle.ts';
import { SwitchboardFunction } from './switchboard-function.ts';

/** Where the code is: a source file that exports `handler` and is bundled here, or a directory with `index.mjs`. */
export type AgentCode = { readonly entry: string } | { readonly directory: string };

export interface FunctionSize {
  /** MiB; the share of a CPU grows with it, one whole at 1769. @default 512 */
  readonly memorySize?: number;
  /** @default - none but the log level */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The `timeout_seconds` of the definition, 30 unless it says so, are the function's timeout, too. */
export type AgentFunctionProps = AgentProps & AgentCode & FunctionSize;

const directoryOf = (scope: Construct, id: string, props: AgentFunctionProps): string => {
  if ('directory' in props) return props.directory;
  const outdir = Stage.of(scope)?.outdir;
  if (outdir === undefined) throw new Error(`${id} stands in no App: there is no place for its bundle`);
  const name = [...scope.node.path.split('/'), id].join('-');
  const roles = RoleAdditions.parse(props.roles ?? {});
  const bundles = bundle({ [name]: basename(props.entry) }, dirname(props.entry), join(outdir, 'bundles'), roles);
  return bundles[name] as string;
};

/**
 * An agent of a team's own, as a Lambda function in the team's stack: bundled, run under a role of its own (`ownRole`:
 * grant it what the agent needs), and registered with Switchboard for as long as the stack has it
 * (docs/agent-function.md).
 *
 * @throws Error at synthesis naming what is wrong with the definition, BuildFailure of esbuild
 */
export class AgentFunction extends SwitchboardFunction {
  constructor(scope: Construct, id: string, props: AgentFunctionProps) {
    const { stage, definition, tenant, roles, memorySize, environment } = props;
    const { timeoutSeconds } = checkedAgent(scope, props);
    super(scope, id, {
      settings: { logLevel: 'INFO', logRetentionDays: 30, removalPolicy: 'destroy' },
      directory: directoryOf(scope, id, props),
      description: `Agent ${definition.agent_id}`,
      timeout: Duration.seconds(timeoutSeconds),
      memorySize,
      // The kit's logger names its service by it.
      environment: { POWERTOOLS_SERVICE_NAME: definition.agent_id, ...environment },
    });
    new AgentRegistration(this, 'Registration', { stage, definition, tenant, roles, live: this.live });
  }
}
