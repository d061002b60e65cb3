import type { ServiceReply } from '../types.ts';

/** An error that a service answers with, in that service's own shape. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** The AWS error code, such as `AccessDeniedException`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The reply that makes the SDK's client of this service throw an exception named `code`. */
export const errorReply = (service: string, error: Pick<ServiceError, 'code' | 'message' | 'status'>): ServiceReply => {
  const { code, message, status } = error;
  if (service === 'lambda') {
    const body = JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message, message });
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
    return { status, headers, body: Buffer.from(body) };
  }
  const fault = status < 500 ? 'Sender' : 'Receiver';
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      ...(service === 'sqs' ? { 'x-amzn-query-error': `${code};${fault}` } : {}),
    },
    body: Buffer.from(JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message })),
  };
};
