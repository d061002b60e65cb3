/** There is no such function, version or alias: the service's ResourceNotFoundException. */
export declare class FunctionNotFound extends Error {
  readonly name = 'FunctionNotFound';
  constructor(functionRef: string);
}
/** All instances that the function may have are busy: the service's TooManyRequestsException. */
export declare class ConcurrencyExceeded extends Error {
  readonly name = 'ConcurrencyExceeded';
  /** As in the service's reply. */
  readonly reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded';
  constructor(reason: ConcurrencyExceeded['reason']);
}
/** The function failed while its reply was streaming. */
export declare class FunctionFailed extends Error {
  readonly name = 'FunctionFailed';
  /** JSON `{errorType, errorMessage, trace?}`, as the payload of a failed buffered invocation. */
  readonly payload: Buffer;
  constructor(payload: Buffer);
}
