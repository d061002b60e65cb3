import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeClock } from '../../../lib/local/clock.ts';
import { startQueues } from '../../../lib/local/engines/queues.ts';
import { openSecrets } from '../../../lib/local/engines/secrets.ts';
import { startTables } from '../../../lib/local/engines/tables.ts';
import { openGateway } from '../../../lib/local/gateway/gateway.ts';
import { type InvocableHost, makeLambdaBackend } from '../../../lib/local/gateway/lambda-service.ts';
import { makeLedger } from '../../../lib/local/gateway/ledger.ts';
import { makeIam } from '../../../lib/local/iam/iam.ts';
import { resolveTemplates } from '../../../lib/local/template/template.ts';
import { sampleStacks } from './sample-stacks.ts';

const noHost: InvocableHost = {
  invoke: () => Promise.reject(new Error('no function runs in this test')),
  invokeStreaming: () => Promise.reject(new Error('no function runs in this test')),
  invokeAsync: () => Promise.reject(new Error('no function runs in this test')),
};

/** The sample stacks on a gateway with real engines in memory, and SDK clients for a caller. */
export const startSampleCloud = async (host: InvocableHost = noHost) => {
  const gateway = await openGateway({ port: 0 });
  const account = resolveTemplates(sampleStacks(), { gatewayUrl: gateway.url });
  const [tables, queues] = await Promise.all([startTables(account, undefined), startQueues(account, undefined)]);
  const secrets = openSecrets(account, undefined);
  const ledger = makeLedger();
  const clock = makeClock();
  const faults: unknown[] = [];
  gateway.serve({
    account,
    iam: makeIam(account),
    backends: {
      dynamodb: tables.backend,
      sqs: queues.backend,
      lambda: makeLambdaBackend(host),
      secretsmanager: secrets.backend,
    },
    ledger,
    clock,
    onFault: (error) => faults.push(error),
  });
  const clientsOf = (caller: string, maxAttempts = 1) => {
    const credentials = { accessKeyId: caller, secretAccessKey: 'local' };
    const settings = { endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts };
    return {
      dynamodb: new DynamoDBClient(settings),
      sqs: new SQSClient(settings),
      lambda: new LambdaClient(settings),
      secretsmanager: new SecretsManagerClient(settings),
    };
  };
  const close = async () => {
    await gateway.close();
    await Promise.all([tables.close(), queues.close()]);
  };
  return { gateway, account, tables, queues, secrets, ledger, clock, faults, clientsOf, close };
};
