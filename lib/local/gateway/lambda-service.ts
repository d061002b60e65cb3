import { ConcurrencyExceeded, FunctionFailed, FunctionNotFound } from '../lambda/function-failures.ts';
import type { FunctionHost, InvokeResult, ServiceBackend, ServiceCall, ServiceReply, StreamResult } from '../types.ts';
import { invokedFunction } from './aws-call.ts';
import { encodeEvent } from './event-stream.ts';
import { ServiceError } from './service-error.ts';
import { checkInvokeRequest, oversizedReply, SERVICE_LIMITS } from './service-limits.ts';

/** What the Lambda API needs of the function host. */
export type InvocableHost = Pick<FunctionHost, 'invoke' | 'invokeStreaming' | 'invokeAsync'>;

/** The Lambda API's Invoke (RequestResponse, Event, DryRun) and InvokeWithResponseStream on a function host. */
export const makeLambdaBackend =
  (host: InvocableHost): ServiceBackend =>
  async (call) => {
    const functionRef = invokedFunction(call);
    if (functionRef === undefined) throw new ServiceError('UnknownOperationException', `${call.path} is not emulated`);
    try {
      return await invoke(host, call, functionRef);
    } catch (error) {
      if (error instanceof FunctionNotFound) throw new ServiceError('ResourceNotFoundException', error.message, 404);
      if (error instanceof ConcurrencyExceeded) throw new ServiceError('TooManyRequestsException', error.message, 429);
      throw error;
    }
  };

const invoke = async (host: InvocableHost, call: ServiceCall, functionRef: string): Promise<ServiceReply> => {
  const payload = call.body.length > 0 ? call.body : Buffer.from('{}');
  const type = call.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  checkJson(payload);
  checkInvokeRequest(payload.length, type === 'Event' ? 'async' : 'sync');
  if (call.path.includes('/response-streaming-invocations')) {
    return streamedReply(await host.invokeStreaming(functionRef, payload));
  }
  if (type === 'DryRun') return { status: 204, headers: {}, body: Buffer.alloc(0) };
  if (type !== 'Event') return wholeReply(await host.invoke(functionRef, payload));
  await host.invokeAsync(functionRef, payload);
  return { status: 202, headers: {}, body: Buffer.alloc(0) };
};

const checkJson = (payload: Buffer): void => {
  try {
    JSON.parse(payload.toString('utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceError('InvalidRequestContentException', `Could not parse request body into json: ${reason}`);
  }
};

const wholeReply = ({ payload, functionError }: InvokeResult): ServiceReply => {
  const tooLarge = oversizedReply(payload.length);
  const failed = tooLarge ? 'Unhandled' : functionError;
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '1',
      ...(failed === undefined ? {} : { 'x-amz-function-error': failed }),
    },
    body: tooLarge ?? payload,
  };
};

const streamedReply = ({ contentType, chunks }: StreamResult): ServiceReply => ({
  status: 200,
  headers: {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-remapped-content-type': contentType,
    'x-amz-executed-version': '1',
  },
  body: encodeChunks(chunks),
});

const event = (name: string, contentType: string, payload: Uint8Array): Buffer =>
  encodeEvent({ ':message-type': 'event', ':event-type': name, ':content-type': contentType }, payload);

/** A function that fails midway ends its stream with an error code; the HTTP status has gone out by then. */
async function* encodeChunks(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let end: object = {};
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > SERVICE_LIMITS.streamedReplyBytes) throw new Error('Response payload size exceeded');
      yield event('PayloadChunk', 'application/octet-stream', chunk);
    }
  } catch (error) {
    end = { ErrorCode: 'Unhandled', ErrorDetails: detailsOf(error) };
  }
  yield event('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(end)));
}

const detailsOf = (error: unknown): string => {
  if (error instanceof FunctionFailed) return error.payload.toString('utf8');
  return error instanceof Error ? error.message : String(error);
};
