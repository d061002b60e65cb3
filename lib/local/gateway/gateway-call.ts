import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Iam } from '../iam/iam.ts';
import type { Account, CloudClock, Interposer, Ledger, LedgerEntry, ServiceBackend, ServiceCall } from '../types.ts';
import { type Credential, type HttpCall, readAction, readCredential } from './aws-call.ts';
import { type Metered, meter } from './capacity.ts';
import { ConnectionReset } from './connection-reset.ts';
import { readHttpCall, writeReply } from './gateway-http.ts';
import { turnIdsIn } from './ledger.ts';
import { errorReply, ServiceError } from './service-error.ts';

export interface GatewayParts {
  readonly account: Pick<Account, 'region' | 'accountId'>;
  readonly iam: Iam;
  /** By service: `dynamodb`, `sqs`, `lambda`, `secretsmanager`. */
  readonly backends: Readonly<Record<string, ServiceBackend>>;
  readonly ledger: Ledger;
  readonly clock: CloudClock;
  /** Hears of faults of the local cloud itself, which callers see as 500. */
  readonly onFault: (error: unknown) => void;
}

/** How far into a reply turn ids are looked for. */
const REPLY_SCAN_BYTES = 64 * 1024;
const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'ReceiveMessage']);

/** Answers one HTTP request to the gateway: who calls, what for, may they, do it, write it down. */
export const makeCallHandler = (parts: GatewayParts, interposers: () => readonly Interposer[]) => {
  let lastSeq = 0;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const startedMs = parts.clock.now();
    const seq = ++lastSeq;
    let call: ServiceCall | undefined;
    let answered: Metered | undefined;
    let replyBytes = 0;
    try {
      answered = await answer(parts, request, seq, interposers(), (known) => {
        call = known;
      });
      replyBytes = await writeReply(response, answered.reply, parts.clock.now());
    } catch (error) {
      answered = undefined;
      if (!(error instanceof ConnectionReset)) parts.onFault(error);
      response.destroy();
    }
    if (call) parts.ledger.record(toEntry(call, answered, replyBytes, startedMs, parts.clock.now()));
  };
};

type Report = (call: ServiceCall) => void;

/** The reply to a request; `report` hears of its call as soon as caller and action are known. */
const answer = async (
  parts: GatewayParts,
  request: IncomingMessage,
  seq: number,
  interposers: readonly Interposer[],
  report: Report,
): Promise<Metered> => {
  let service = '';
  try {
    const http = await readHttpCall(request);
    const credential = readCredential(http.headers);
    service = credential.service;
    const identified = identify(parts, http, seq, credential);
    const { call } = identified;
    report(call);
    authorize(parts.iam, call, identified.resources);
    return await perform(parts, call, interposers);
  } catch (error) {
    if (error instanceof ConnectionReset) throw error;
    if (error instanceof ServiceError) return { reply: errorReply(service, error), capacityUnits: 0 };
    parts.onFault(error);
    const message = 'The local cloud failed; its log says why';
    return { reply: errorReply(service, { code: 'InternalServerError', message, status: 500 }), capacityUnits: 0 };
  }
};

const identify = (parts: GatewayParts, http: HttpCall, seq: number, { caller, service }: Credential) => {
  if (!parts.iam.knows(caller)) {
    const status = service === 'lambda' ? 403 : 400;
    throw new ServiceError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
      status,
    );
  }
  const { action, resources } = readAction(service, http, parts.account);
  const call: ServiceCall = { ...http, seq, caller, service, action, resource: resources.join(',') };
  return { call, resources };
};

/** @throws ServiceError in AWS's words unless the caller may do the call's action on every resource */
const authorize = (iam: Iam, { caller, service, action, body }: ServiceCall, resources: readonly string[]): void => {
  for (const resource of resources) {
    const decision = iam.evaluate(caller, `${service}:${action}`, resource, body);
    if (decision === 'allow') continue;
    const because =
      decision === 'explicit-deny'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${service}:${action} action`;
    const user = iam.callerArn(caller);
    const message = `User: ${user} is not authorized to perform: ${service}:${action} on resource: ${resource} ${because}`;
    throw new ServiceError('AccessDeniedException', message, service === 'lambda' ? 403 : 400);
  }
};

const perform = async (
  parts: GatewayParts,
  call: ServiceCall,
  interposers: readonly Interposer[],
): Promise<Metered> => {
  const backend = parts.backends[call.service];
  if (!backend) throw new ServiceError('UnknownOperationException', `The local cloud has no ${call.service}`);
  for (const interposer of interposers) {
    const reply = await interposer.before?.(call);
    if (reply) return { reply, capacityUnits: 0 };
  }
  let { reply, capacityUnits } = await meter(call, backend);
  for (const interposer of interposers) reply = (await interposer.after?.(call, reply)) ?? reply;
  return { reply, capacityUnits };
};

const toEntry = (
  call: ServiceCall,
  answered: Metered | undefined,
  replyBytes: number,
  startedMs: number,
  endedMs: number,
): LedgerEntry => {
  const reply = answered?.reply;
  const inReply = READS.has(call.action) && Buffer.isBuffer(reply?.body) ? turnIdsIn(reply.body, REPLY_SCAN_BYTES) : [];
  return {
    seq: call.seq,
    started_ms: startedMs,
    ended_ms: endedMs,
    caller: call.caller,
    service: call.service,
    action: call.action,
    resource: call.resource,
    bytes: call.body.length + replyBytes,
    capacity_units: answered?.capacityUnits ?? 0,
    // 0: the connection was closed without a reply.
    status: reply?.status ?? 0,
    turn_ids: [...new Set([...turnIdsIn(call.body), ...inReply])],
  };
};
