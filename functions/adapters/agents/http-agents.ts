import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AgentCaller, CallResult, CallTarget, ProbeResult } from '../../application/agent-ports.ts';
import type { Clock } from '../../application/ports.ts';
import { hostOf } from '../../domain/access/endpoint-host.ts';
import { secretProblem } from '../../domain/access/secret-name.ts';
import { AgentRequest } from '../../domain/contract/agent-protocol.ts';
import type { AgentSecret } from '../../domain/contract/agent-secret.ts';
import { type Secrets, SecretUnreadable } from '../secrets.ts';
import {
  HEALTH_CHECK,
  MAX_HEALTH_BYTES,
  MAX_REPLY_BYTES,
  noReplySince,
  readAnswer,
  readHealth,
  TOO_LARGE,
  unwell,
} from './answer.ts';
import { type EndpointGuard, EndpointRefused } from './endpoint-guard.ts';
import { type HttpOutcome, type HttpRequest, makeHttpExchange } from './http-exchange.ts';
import { requestHeaders } from './request-headers.ts';

const HEALTH_HEADERS_MS = 5_000;

export interface HttpAgentsDependencies {
  readonly guard: EndpointGuard;
  readonly secrets: Secrets;
  readonly stage: string;
  readonly clock: Clock;
}

interface Sending extends Pick<HttpRequest, 'body' | 'headersMs' | 'maxBytes'> {
  readonly endpoint: string;
  /** Of a turn or a health check: `webhook-id` of a signed request. */
  readonly id: string;
}

type Sent = HttpOutcome | { readonly kind: 'no_credentials'; readonly problem: string };

/** Who sends a message need not know more. */
const NO_CREDENTIALS = "the agent's credentials could not be read";
const isRedirect = (status: number): boolean => status >= 300 && status < 400;
const statusReason = (status: number): string =>
  `answered ${status}${isRedirect(status) ? ': redirects are not followed' : ''}`;

/** What a call came to. */
const asResult = (sent: Sent, request: AgentRequest): CallResult => {
  switch (sent.kind) {
    case 'replied':
      if (sent.status === 429 || sent.status === 503)
        return { kind: 'busy', reason: 'the agent is busy', cause: sent.status };
      if (sent.status >= 200 && sent.status < 300) return readAnswer(sent.text, request);
      return { kind: 'failed', reason: `the agent ${statusReason(sent.status)}`, cause: undefined };
    case 'too_large':
      return TOO_LARGE;
    case 'broke_off':
      return { kind: 'failed', reason: 'the connection broke off before the answer was whole', cause: sent.cause };
    case 'refused':
      return { kind: 'rejected', reason: `the endpoint is not allowed: ${sent.problem}`, cause: undefined };
    case 'unreachable':
      return { kind: 'rejected', reason: 'the agent could not be reached', cause: sent.cause };
    case 'no_credentials':
      return { kind: 'rejected', reason: NO_CREDENTIALS, cause: sent.problem };
    case 'timed_out':
      return sent;
    default:
      return sent satisfies never;
  }
};

/** What a health check came to. */
const asProbe = (sent: Sent, startedMs: number): ProbeResult => {
  switch (sent.kind) {
    case 'replied':
      return sent.status >= 200 && sent.status < 300 ? readHealth(sent.text) : unwell(statusReason(sent.status));
    case 'too_large':
      return unwell(`the reply is larger than ${MAX_HEALTH_BYTES} bytes`);
    case 'broke_off':
      return unwell(`the connection broke off before the reply was whole (${sent.cause})`);
    case 'refused':
      return unwell(`the endpoint is not allowed: ${sent.problem}`);
    case 'unreachable':
      return unwell(`could not be reached (${sent.cause})`);
    case 'no_credentials':
      return { kind: 'failed', reason: sent.problem, cause: undefined, field: 'credentials.secret' };
    case 'timed_out':
      return noReplySince(startedMs);
    default:
      return sent satisfies never;
  }
};

/** Agents that are HTTPS servers: `POST` of a request to the endpoint, `GET` of a health check's own address. */
export const makeHttpAgents = ({ guard, secrets, stage, clock }: HttpAgentsDependencies): AgentCaller => {
  const exchange = makeHttpExchange(guard);

  /** What authenticates a request; nothing at another host than the endpoint's. @throws SecretUnreadable */
  const secretFor = async ({ owner, definition }: CallTarget, endpoint: string, signal: AbortSignal) => {
    const { credentials, endpointUrl } = definition;
    if (credentials === undefined || hostOf(endpoint) !== hostOf(endpointUrl)) return undefined;
    const problem = secretProblem({ secret: credentials.secret, owner, endpointUrl: endpoint, stage });
    if (problem !== undefined) throw new SecretUnreadable('the secret is not one of this owner and host');
    return secrets.read(credentials.secret, signal);
  };

  const send = async (target: CallTarget, sending: Sending, signal: AbortSignal): Promise<Sent> => {
    let url: URL;
    let secret: AgentSecret | undefined;
    try {
      url = guard.admit(sending.endpoint);
      secret = await secretFor(target, sending.endpoint, signal);
    } catch (error) {
      if (error instanceof EndpointRefused) return { kind: 'refused', problem: error.message };
      if (error instanceof SecretUnreadable) return { kind: 'no_credentials', problem: error.message };
      if (signal.aborted) return { kind: 'timed_out' };
      throw error;
    }
    const headers = requestHeaders({ id: sending.id, body: sending.body ?? '', secret, nowMs: clock() });
    const sent = await exchange({ ...sending, url, headers }, signal);
    const isUnknown = sent.kind === 'replied' && (sent.status === 401 || sent.status === 403);
    if (isUnknown && secret !== undefined) secrets.doubt(target.definition.credentials?.secret ?? '');
    return sent;
  };

  return {
    call: async (target, request, signal) => {
      const { endpointUrl, timeoutSeconds } = target.definition;
      const body = JSON.stringify(z.encode(AgentRequest, request));
      const limits = { headersMs: timeoutSeconds * 1000, maxBytes: MAX_REPLY_BYTES };
      const id = request.agentMetadata.turnId;
      return asResult(await send(target, { endpoint: endpointUrl, id, body, ...limits }, signal), request);
    },

    probe: async (target, signal) => {
      const { endpointUrl, healthCheckUrl } = target.definition;
      const startedMs = performance.now();
      const limits = { headersMs: HEALTH_HEADERS_MS, maxBytes: MAX_HEALTH_BYTES };
      const id = `health_${randomUUID()}`;
      const what =
        healthCheckUrl === undefined ? { endpoint: endpointUrl, body: HEALTH_CHECK } : { endpoint: healthCheckUrl };
      return asProbe(await send(target, { id, ...what, ...limits }, signal), startedMs);
    },
  };
};
