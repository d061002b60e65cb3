import { functionArnOf } from '../iam/lambda-permissions.ts';
import { isRecord } from '../template/is-record.ts';
import { secretArn, secretName } from './secret-arn.ts';
import { ServiceError } from './service-error.ts';

export interface HttpCall {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Who signed a call, and for which service. */
export interface Credential {
  readonly caller: string;
  readonly service: string;
}

/** What a call wants to do; every one of the resources must allow it. */
export interface RequestedAction {
  /** IAM action without its prefix; batch operations of SQS have the single operation's action. */
  readonly action: string;
  readonly resources: readonly [string, ...string[]];
}

interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** Reads the SigV4 `Authorization` header. @throws ServiceError if there is none */
export const readCredential = (headers: HttpCall['headers']): Credential => {
  const scope = /Credential=([^/,\s]+)\/\d{8}\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '');
  const [, caller, service] = scope ?? [];
  if (caller === undefined || service === undefined) {
    throw new ServiceError(
      'MissingAuthenticationTokenException',
      'Request is missing a SigV4 Authorization header',
      403,
    );
  }
  return { caller, service };
};

/** Finds a call's action and resources. @throws ServiceError for what the local cloud does not emulate */
export const readAction = (service: string, call: HttpCall, place: Place): RequestedAction => {
  if (service === 'lambda') return lambdaAction(call, place);
  const [api = '', operation = ''] = (call.headers['x-amz-target'] ?? '').split('.');
  if (service === 'dynamodb' && api === 'DynamoDB_20120810') return dynamodbAction(operation, call.body, place);
  if (service === 'sqs' && api === 'AmazonSQS') return sqsAction(operation, call.body, place);
  if (service === 'secretsmanager' && operation === 'GetSecretValue')
    return { action: operation, resources: [secretArn(place, secretName(String(parseJson(call.body).SecretId)))] };
  throw notEmulated(service, operation || `${call.method} ${call.path}`);
};

const notEmulated = (service: string, operation: string): ServiceError =>
  new ServiceError('UnknownOperationException', `The local cloud does not emulate ${service}:${operation}`);

const INVOKE =
  /^\/(?:2015-03-31\/functions\/([^/]+)\/invocations|2021-11-15\/functions\/([^/]+)\/response-streaming-invocations)$/;

const lambdaAction = (call: HttpCall, place: Place): RequestedAction => {
  const functionRef = invokedFunction(call);
  if (call.method !== 'POST' || functionRef === undefined) throw notEmulated('lambda', `${call.method} ${call.path}`);
  // A streamed invocation is authorized as lambda:InvokeFunction too.
  return { action: 'InvokeFunction', resources: [functionArnOf(place, functionRef)] };
};

/** Name or ARN, with the qualifier appended, of the function that a call of the Lambda API invokes. */
export const invokedFunction = (call: Pick<HttpCall, 'path'>): string | undefined => {
  const { pathname, searchParams } = new URL(call.path, 'http://gateway');
  const [, whole, streamed] = INVOKE.exec(pathname) ?? [];
  const encoded = whole ?? streamed;
  if (encoded === undefined) return undefined;
  const qualifier = searchParams.get('Qualifier');
  return decodeURIComponent(encoded) + (qualifier === null ? '' : `:${qualifier}`);
};

const ONE_TABLE = new Set(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'DescribeTable', 'DescribeTimeToLive']);
const TABLE_OR_INDEX = new Set(['Query', 'Scan']);
const MANY_TABLES = new Set(['BatchGetItem', 'BatchWriteItem']);

const dynamodbAction = (operation: string, body: Buffer, place: Place): RequestedAction => {
  const input = parseJson(body);
  if (input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD') {
    throw notEmulated('dynamodb', 'ReturnValuesOnConditionCheckFailure');
  }
  const table = (name: unknown) => `arn:aws:dynamodb:${place.region}:${place.accountId}:table/${String(name)}`;
  if (ONE_TABLE.has(operation)) return { action: operation, resources: [table(input.TableName)] };
  if (TABLE_OR_INDEX.has(operation)) {
    const index = input.IndexName === undefined ? '' : `/index/${String(input.IndexName)}`;
    return { action: operation, resources: [table(input.TableName) + index] };
  }
  if (!MANY_TABLES.has(operation)) throw notEmulated('dynamodb', operation);
  const [first = '', ...others] = isRecord(input.RequestItems) ? Object.keys(input.RequestItems) : [];
  return { action: operation, resources: [table(first), ...others.map(table)] };
};

const QUEUE_ACTIONS = new Map([
  ...['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility'].map((name) => [name, name] as const),
  ...['SendMessage', 'DeleteMessage', 'ChangeMessageVisibility'].map((name) => [`${name}Batch`, name] as const),
  ...['GetQueueAttributes', 'GetQueueUrl', 'PurgeQueue'].map((name) => [name, name] as const),
]);

const sqsAction = (operation: string, body: Buffer, place: Place): RequestedAction => {
  const action = QUEUE_ACTIONS.get(operation);
  if (action === undefined) throw notEmulated('sqs', operation);
  const input = parseJson(body);
  const name =
    input.QueueName ??
    String(input.QueueUrl ?? '')
      .split('/')
      .at(-1);
  return { action, resources: [`arn:aws:sqs:${place.region}:${place.accountId}:${String(name)}`] };
};

const parseJson = (body: Buffer): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (isRecord(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new ServiceError('SerializationException', 'The request body is not a JSON object');
};
