import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { AGENT_TAG } from './access.ts';

/** Lets Switchboard invoke the Lambda functions in this construct: its permission is for functions with this tag. */
export const tagAsAgent = (construct: IConstruct): void =>
  Tags.of(construct).add(AGENT_TAG.key, AGENT_TAG.value, { includeResourceTypes: ['AWS::Lambda::Function'] });
