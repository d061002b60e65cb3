import * as z from 'zod';
import type { Log } from '../../application/ports.ts';
import { Failure } from '../../domain/contract/failures.ts';

const CustomResourceEvent = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResourceType: z.string(),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  /** Absent on Create. */
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.record(z.string(), z.unknown()),
  /** Of the last deployment; on Update alone. */
  OldResourceProperties: z.record(z.string(), z.unknown()).optional(),
});
export type CustomResourceEvent = z.output<typeof CustomResourceEvent>;

export interface CustomResourceOutcome {
  /** Another one than before makes CloudFormation delete the old one afterwards. */
  readonly physicalResourceId: string;
  /** What was done, for the deployer: the resource's attribute `Outcome`. */
  readonly outcome: string;
}

/** Does what CloudFormation asks of one type of resource. Stops at the signal. */
export type CustomResource = (event: CustomResourceEvent, signal: AbortSignal) => Promise<CustomResourceOutcome>;

/** What CloudFormation deletes after a Create that failed: nothing. */
export const NOTHING = 'nothing';

/** Time kept back to answer before Lambda's own timeout strikes. */
const ANSWER_MARGIN_MS = 15_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** For work that stops at the signal to say what is not done. */
const STOP_MS = 500;
/** Of what is said to the deployer: an answer may have 4,096 bytes, and one character may take three of them. */
const MAX_TEXT = 1_000;

const reasonOf = (error: unknown): string =>
  error instanceof Failure
    ? error.detail.slice(0, MAX_TEXT)
    : 'The registrar failed; its log says why, under the id of this request.';

const answer = async (event: CustomResourceEvent, outcome: object): Promise<void> => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    // CloudFormation's pre-signed URL is signed without a content type.
    headers: { 'content-type': '' },
    body: JSON.stringify({ StackId, RequestId, LogicalResourceId, ...outcome }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  // Lambda then invokes again: every request can be repeated.
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const late = () => reject(new Failure('DEADLINE_EXCEEDED', 'It took too long; try again.'));
    signal.addEventListener('abort', () => setTimeout(late, STOP_MS));
  });

/**
 * Handles events of custom resources: does what CloudFormation asks and answers it, also when that fails or would take
 * longer than the function may run. What a `Failure` says reaches the deployer; everything else stays in the log.
 */
export const answering =
  (resource: CustomResource, log: Pick<Log, 'error'>) =>
  async (request: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const event = CustomResourceEvent.parse(request);
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - ANSWER_MARGIN_MS));
    const attempt = async () => resource(event, signal);
    const ended = await Promise.race([attempt(), aborted(signal)]).then(
      ({ physicalResourceId, outcome }) => ({
        Status: 'SUCCESS',
        PhysicalResourceId: physicalResourceId,
        Data: { Outcome: outcome.slice(0, MAX_TEXT) },
      }),
      (error: unknown) => {
        const { RequestType, ResourceType, StackId, LogicalResourceId, RequestId } = event;
        const about = { type: ResourceType, stack: StackId, resource: LogicalResourceId, request: RequestId };
        log.error(`${RequestType} failed`, { ...about, error });
        const PhysicalResourceId = event.PhysicalResourceId ?? NOTHING;
        return { Status: 'FAILED', Reason: reasonOf(error), PhysicalResourceId };
      },
    );
    await answer(event, ended);
  };
