import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { UsageError } from './options.ts';
import { MAX_REPLY_BYTES, type Reply, type Target } from './target.ts';

const ErrorPayload = z.object({ errorType: z.string() });

/** Name of the error that a function failed with; `none` if it gave none. */
const errorTypeOf = (body: string): string => {
  try {
    return ErrorPayload.parse(JSON.parse(body)).errorType;
  } catch {
    return 'none';
  }
};

/** Why AWS did not let a function begin. @throws UsageError without credentials: that says nothing about the agent */
const notInvoked = (error: unknown): string => {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if (name === 'CredentialsProviderError')
    throw new UsageError(`no AWS credentials to invoke the function with: ${message}`, { cause: error });
  const isRefused = [401, 403].includes($metadata?.httpStatusCode ?? 0);
  const what = isRefused ? 'may not be invoked with these AWS credentials' : 'could not be invoked';
  return `${what} (${name}: ${message})`;
};

/**
 * An agent that is a Lambda function.
 * @param endpointUrl where Lambda is; by default AWS, or what AWS_ENDPOINT_URL says
 */
export const makeLambdaTarget = (arn: string, endpointUrl: string | undefined): Target => {
  const region = arn.split(':')[3];
  const client = new LambdaClient({
    maxAttempts: 1,
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  });
  return {
    kind: 'lambda',
    address: arn,
    send: async ({ body: sent, timeoutMs }): Promise<Reply> => {
      const startedMs = performance.now();
      const tookMs = () => performance.now() - startedMs;
      const abortSignal = AbortSignal.timeout(timeoutMs);
      try {
        const command = new InvokeCommand({ FunctionName: arn, Payload: Buffer.from(sent) });
        const { FunctionError, Payload = new Uint8Array() } = await client.send(command, { abortSignal });
        if (Payload.byteLength > MAX_REPLY_BYTES) {
          const reason = `answered with more than 2 MiB (${Payload.byteLength} bytes)`;
          return { kind: 'none', why: 'too_large', reason, tookMs: tookMs() };
        }
        const body = Buffer.from(Payload).toString('utf8');
        if (FunctionError === undefined)
          return { kind: 'answered', contentType: 'application/json', body, tookMs: tookMs() };
        const fault = { status: null, name: errorTypeOf(body), location: undefined, body };
        return { kind: 'fault', ...fault, tookMs: tookMs() };
      } catch (error) {
        if (abortSignal.aborted)
          return {
            kind: 'none',
            why: 'timed_out',
            reason: `gave no whole reply within ${timeoutMs / 1000} s`,
            tookMs: tookMs(),
          };
        return { kind: 'none', why: 'not_invoked', reason: notInvoked(error), tookMs: tookMs() };
      }
    },
  };
};
