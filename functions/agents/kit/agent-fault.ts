/** What can go wrong with an agent, as the caller of the function sees it. */
type AgentFaultCode =
  /** The event is neither a request of the agent contract nor a health check. */
  | 'INVALID_REQUEST'
  /** The agent's function returned something that is not an answer. */
  | 'INVALID_ANSWER'
  | 'DEADLINE_EXCEEDED'
  /** Anything else; the reason is in the agent's own log. */
  | 'AGENT_FAILED';

/**
 * Ends the invocation. `name` is the code and reaches the caller as Lambda's `errorType`, `message` as `errorMessage`:
 * it must hold nothing internal and none of the user's text. Lambda also sends `stack`, so it names no file.
 */
export class AgentFault extends Error {
  readonly code: AgentFaultCode;

  constructor(code: AgentFaultCode, message: string) {
    super(message);
    this.name = code;
    this.code = code;
    this.stack = `${code}: ${message}`;
  }
}
