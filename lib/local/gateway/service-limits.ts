import { ServiceError } from './service-error.ts';

/**
 * Quotas of AWS that the engines behind the gateway do not enforce themselves. dynalite enforces 400 KB items, 1 MB
 * pages and 16 MB requests; fauxqs 1 MiB messages and batches (AWS raised 256 KiB to 1 MiB for SQS messages and
 * asynchronous invocations: "More room to build: serverless services now support payloads up to 1 MB", AWS Compute
 * Blog, January 2026).
 */
export const SERVICE_LIMITS = {
  /** "Request must be smaller than 6291456 bytes for the InvokeFunction operation" */
  syncInvokeRequestBytes: 6 * 1024 * 1024,
  /** "Response payload size exceeded maximum allowed payload size (6291556 bytes)." */
  syncInvokeReplyBytes: 6_291_556,
  asyncInvokeRequestBytes: 1024 * 1024,
  /** Lambda quotas, "Invocation payload": streamed response. */
  streamedReplyBytes: 200 * 1024 * 1024,
  /** The largest request of any emulated service: BatchWriteItem. */
  requestBytes: 16 * 1024 * 1024,
} as const;

/** Refuses an invocation whose event is too large, as Lambda does. @throws ServiceError (413) */
export const checkInvokeRequest = (payloadBytes: number, invocation: 'sync' | 'async'): void => {
  const limit = invocation === 'sync' ? SERVICE_LIMITS.syncInvokeRequestBytes : SERVICE_LIMITS.asyncInvokeRequestBytes;
  if (payloadBytes <= limit) return;
  const message = `${payloadBytes} byte payload is too large for the InvokeFunction operation (limit ${limit} bytes)`;
  throw new ServiceError('RequestTooLargeException', message, 413);
};

/** What Lambda answers in place of a reply above the limit; the function itself has run to its end. */
export const oversizedReply = (payloadBytes: number): Buffer | undefined => {
  const limit = SERVICE_LIMITS.syncInvokeReplyBytes;
  if (payloadBytes <= limit) return undefined;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${limit} bytes).`;
  return Buffer.from(JSON.stringify({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }));
};
