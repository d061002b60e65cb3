import { AgentFault } from './agent-fault.ts';

/**
 * Runs `run` for at most `budgetMs`. When the time is over its signal aborts and the wait ends, whether or not `run`
 * heeds the signal.
 *
 * @throws AgentFault `DEADLINE_EXCEEDED`; whatever `run` throws before that
 */
export const withDeadline = async <T>(run: (signal: AbortSignal) => T | Promise<T>, budgetMs: number): Promise<T> => {
  const fault = new AgentFault('DEADLINE_EXCEEDED', 'the agent had no answer in time');
  if (budgetMs <= 0) throw fault;
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // The rejection comes first, so that it wins over what `run` throws on abort.
    late.reject(fault);
    controller.abort(fault);
  }, budgetMs);
  try {
    return await Promise.race([Promise.resolve(controller.signal).then(run), late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
