import { ConditionalCheckFailedException, DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { Failure } from '../../domain/contract/failures.ts';

/** The SDK's own 50 are too few for the monitor's writes: the limit for connecting runs while a call waits for a socket. */
const SOCKETS = { maxSockets: 200 };

/**
 * A client whose every attempt has a deadline. Its own retries are resolved by conditions and consistent reads.
 *
 * @param at where it calls and as whom; what it lacks is as the environment says
 */
export const makeDynamoClient = (
  at: Pick<DynamoDBClientConfig, 'endpoint' | 'region' | 'credentials'> = {},
): DynamoDBClient =>
  new DynamoDBClient({
    ...at,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      throwOnRequestTimeout: true,
      httpAgent: SOCKETS,
      httpsAgent: SOCKETS,
    },
  });

/** What one call came to; `failed` leaves open whether a write took effect. */
export type WriteResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'condition_failed' }
  | { readonly kind: 'failed'; readonly cause: unknown };

/** Runs a conditional write and names its three ends. */
export const attemptWrite = async (write: Promise<unknown>): Promise<WriteResult> => {
  try {
    await write;
    return { kind: 'done' };
  } catch (cause) {
    return cause instanceof ConditionalCheckFailedException ? { kind: 'condition_failed' } : { kind: 'failed', cause };
  }
};

/** The failure that callers of a store see, whatever was wrong beneath it. */
export const storeUnavailable = (cause: unknown): Failure =>
  cause instanceof Failure
    ? cause
    : new Failure('STORE_UNAVAILABLE', 'The store cannot be reached right now. Try again later.', {
        cause,
        retryAfterSeconds: 5,
      });

/** Runs a read or an unconditional write. @throws Failure STORE_UNAVAILABLE for every fault */
export const orUnavailable = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (cause) {
    throw storeUnavailable(cause);
  }
};
