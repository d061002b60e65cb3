import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What befalls one call: nothing is sent, or it is done and the reply is lost. */
export type Fault = 'before' | 'after';

export interface Faults {
  /** Lets the next call of that operation fail, as the store sees it, or one that comes `later` by so many. */
  failNext(operation: string, fault: Fault, later?: number): void;
  /** Lets one attempt of the next call fail, so that the SDK itself tries again. */
  failNextAttempt(operation: string, fault: Fault): void;
  /** Calls of that operation that were begun since the start. */
  count(operation: string): number;
}

interface Planned {
  readonly fault: Fault;
  /** Calls that go well before. */
  readonly later: number;
}

const connectionLost = (): Error =>
  Object.assign(new Error('socket hang up'), { name: 'TimeoutError', $retryable: { throttling: false } });

/** Puts faults between a store and its client. */
export const makeUnreliable = (client: DynamoDBClient): Faults => {
  const planned = { call: new Map<string, Planned>(), attempt: new Map<string, Planned>() };
  const counts = new Map<string, number>();

  const strike = async <T>(plan: Map<string, Planned>, operation: string, send: () => Promise<T>): Promise<T> => {
    const { fault, later } = plan.get(operation) ?? { fault: undefined, later: 0 };
    if (fault !== undefined && later > 0) {
      plan.set(operation, { fault, later: later - 1 });
      return send();
    }
    plan.delete(operation);
    if (fault === 'before') throw connectionLost();
    const result = await send();
    if (fault === 'after') throw connectionLost();
    return result;
  };
  const operationOf = (commandName = ''): string => commandName.replace(/Command$/, '');

  client.middlewareStack.add(
    (next, context) => (args) => {
      const operation = operationOf(context.commandName);
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      return strike(planned.call, operation, () => next(args));
    },
    { step: 'initialize', name: 'failCall' },
  );
  client.middlewareStack.add(
    (next, context) => (args) => strike(planned.attempt, operationOf(context.commandName), () => next(args)),
    { step: 'finalizeRequest', priority: 'low', name: 'failAttempt' },
  );
  return {
    failNext: (operation, fault, later = 0) => planned.call.set(operation, { fault, later }),
    failNextAttempt: (operation, fault) => planned.attempt.set(operation, { fault, later: 0 }),
    count: (operation) => counts.get(operation) ?? 0,
  };
};
