import { Tags } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { AGENT_TAG } from './access.ts';

/** Lets the stage's Switchboard invoke the Lambda functions in this construct: its permission is for those tagged so. */
export const tagAsAgent = (construct: IConstruct, stage: string): void =>
  Tags.of(construct).add(AGENT_TAG, stage, { includeResourceTypes: ['AWS::Lambda::Function'] });
