import { CfnOutput, CustomResource, Duration, Fn, Stack } from 'aws-cdk-lib';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import * as z from 'zod';
import type { AgentDefinition } from '../../functions/domain/contract/agent.ts';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { FunctionAgentDefinition, REGISTRAR_TIMEOUT_SECONDS } from '../../functions/domain/contract/function-agent.ts';
import { TenantId } from '../../functions/domain/contract/ids.ts';
import { invalidFields, parseInput } from '../../functions/domain/contract/parse-input.ts';
import { capabilityProblem, RoleAdditions, type RoleTable, rolesWith } from '../../functions/domain/contract/roles.ts';
import { tagAsAgent } from './agent-tag.ts';

/** An agent's definition as on the wire, without what follows from its being a Lambda function. */
export type FunctionAgent = Omit<z.input<typeof AgentDefinition>, 'endpoint_url' | 'health_check_url' | 'credentials'>;

/** What is said of an agent, whatever its code is. */
export interface AgentProps {
  /** Stage of the Switchboard, in the same account and region, that the agent is registered with. */
  readonly stage: string;
  readonly definition: FunctionAgent;
  /** Tenant that alone may use the agent. @default - every tenant may */
  readonly tenant?: string;
  /** What the stage adds to the role table, as in its setting `roles`. @default - nothing */
  readonly roles?: z.input<typeof RoleAdditions>;
}

export interface AgentRegistrationProps extends AgentProps {
  /** What is called. The function behind it is tagged as one that Switchboard may call. */
  readonly live: Alias;
}

/** Export of Switchboard's stack: the ARN of what registers agents. Other stacks import it by this name. */
export const registrarExport = (stage: string): string => `switchboard-${stage}-registrar`;

/** Passes where the ARN will stand, which is known at deployment alone. */
const SOME_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:agent:live';

/** Checks an agent of a role that the stage adds. @returns what is left to check: the same in a role that ships */
const checkedRole = (definition: FunctionAgent, added: RoleTable): FunctionAgent => {
  const role = definition.agent_type;
  if (!Object.hasOwn(added, role)) return definition;
  const roles = rolesWith(added);
  const problems = definition.capabilities.flatMap((capability, index) => {
    const message = capabilityProblem(role, capability, roles);
    return message === undefined ? [] : [{ path: `capabilities.${index}`, message }];
  });
  if (problems.length > 0) throw invalidFields(problems);
  return { ...definition, agent_type: 'documentation', capabilities: [] };
};

/** The definition, checked as far as it is known at synthesis. @throws Error naming what is wrong with which field */
export const checkedAgent = (scope: Construct, { definition, tenant, roles = {} }: AgentProps): AgentDefinition => {
  try {
    parseInput(z.object({ tenant: TenantId.optional() }), { tenant });
    const checked = checkedRole(definition, parseInput(RoleAdditions, roles));
    return parseInput(FunctionAgentDefinition, { ...checked, endpoint_url: SOME_ARN });
  } catch (error) {
    const reason = error instanceof Failure ? error.detail : String(error);
    throw new Error(`The agent ${definition.agent_id} of ${scope.node.path}: ${reason}`, { cause: error });
  }
};

/**
 * Registers a Lambda function as an agent, keeps its definition up to date and deregisters it on removal: the function
 * is deleted only after its last turn. Stands in the function's own stack (docs/agent-function.md).
 *
 * @throws Error at synthesis naming what is wrong with which field of the definition
 */
export class AgentRegistration extends Construct {
  constructor(scope: Construct, id: string, props: AgentRegistrationProps) {
    super(scope, id);
    const { stage, definition, tenant, live } = props;
    checkedAgent(scope, props);
    tagAsAgent(live.lambda, stage);
    const registration = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::SwitchboardAgent',
      serviceToken: Fn.importValue(registrarExport(stage)),
      serviceTimeout: Duration.seconds(REGISTRAR_TIMEOUT_SECONDS),
      properties: {
        Owner: tenant ?? 'global',
        // One text: CloudFormation would turn the numbers inside into strings.
        Definition: Stack.of(this).toJsonString({ ...definition, endpoint_url: live.functionArn }),
      },
    });
    // The role includes its policies: an agent must still work while it drains.
    if (live.role !== undefined) registration.node.addDependency(live.role);
    new CfnOutput(this, 'Outcome', {
      description: 'What became of the agent at its last registration',
      value: registration.getAttString('Outcome'),
    });
  }
}
