/** CloudWatch namespace of everything that the functions measure. */
export const METRIC_NAMESPACE = 'Switchboard';

/**
 * Every metric, its CloudWatch unit and meaning: the one list for code, alarms and dashboard.
 * All carry the dimensions of `metricDimensions` and no other.
 */
export const METRICS = {
  TurnsAnswered: { unit: 'Count', meaning: 'Turns that got their answer' },
  TurnsPending: { unit: 'Count', meaning: 'Deliveries that failed and will be tried again' },
  TurnsUndeliverable: { unit: 'Count', meaning: 'Turns given up after their last delivery' },
  TurnsReclaimed: { unit: 'Count', meaning: 'Turns that the sweeper found with an expired lease or overdue' },
  AttemptsFailed: { unit: 'Count', meaning: 'Calls of an agent that failed or timed out' },
  CircuitsOpened: { unit: 'Count', meaning: 'Circuit breakers that opened, because an agent kept failing' },
  RouterOverhead: { unit: 'Milliseconds', meaning: 'Time of a turn that was not spent waiting for the agent' },
  DecisionTime: { unit: 'Milliseconds', meaning: 'Time that the routing decision took' },
  SupervisorsAsked: { unit: 'Count', meaning: 'Calls of a supervisor, each ending as one of the next four' },
  SupervisorsChose: { unit: 'Count', meaning: 'Calls of a supervisor whose choice was followed' },
  SupervisorsInvalid: { unit: 'Count', meaning: 'Calls of a supervisor that named nobody who may answer' },
  SupervisorsTimedOut: { unit: 'Count', meaning: 'Calls of a supervisor that had no answer in time' },
  SupervisorsFailed: { unit: 'Count', meaning: 'Calls of a supervisor that failed, was busy or could not be reached' },
  RulesSkipped: { unit: 'Count', meaning: 'Routing rules that an instance read and could not use' },
  RouterErrors: { unit: 'Count', meaning: 'Requests that the router answered with a 5xx' },
  AgentsProbed: { unit: 'Count', meaning: 'Agents whose health was checked in a monitor run' },
  AgentsMissed: { unit: 'Count', meaning: 'Agents of which a monitor run brought routers nothing new' },
  AgentsUnhealthy: { unit: 'Count', meaning: 'Agents that are unhealthy after a monitor run' },
  SweeperRuns: { unit: 'Count', meaning: 'Completed runs of the sweeper' },
} as const satisfies Record<string, { unit: 'Count' | 'Milliseconds'; meaning: string }>;

export type MetricName = keyof typeof METRICS;

/** The one set of dimensions: every further set would be a metric of its own on the bill. */
export const metricDimensions = (stage: string) => ({ service: 'switchboard', stage });
