import { App } from 'aws-cdk-lib';
import { addStacks } from './stack.ts';

/* cdk -a 'node docs/examples/agent-stack/app.ts' -c stage=dev deploy */
const app = new App();
addStacks(app, app.node.tryGetContext('stage') ?? 'dev');
app.synth();
