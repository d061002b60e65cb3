/** There is no such function, version or alias: the service's ResourceNotFoundException. */
export class FunctionNotFound extends Error {
  override readonly name = 'FunctionNotFound';

  constructor(functionRef: string) {
    super(`Function not found: ${functionRef}`);
  }
}

/** All instances that the function may have are busy: the service's TooManyRequestsException. */
export class ConcurrencyExceeded extends Error {
  override readonly name = 'ConcurrencyExceeded';
  /** As in the service's reply. */
  readonly reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded';

  constructor(reason: ConcurrencyExceeded['reason']) {
    super('Rate Exceeded.');
    this.reason = reason;
  }
}

/** The function failed while its reply was streaming. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
  /** JSON `{errorType, errorMessage, trace?}`, as the payload of a failed buffered invocation. */
  readonly payload: Buffer;

  constructor(payload: Buffer) {
    super(`The function failed: ${payload.toString('utf8', 0, 1000)}`);
    this.payload = payload;
  }
}
