import { isIP } from 'node:net';
import type { EndpointCheck } from '../../application/agent-ports.ts';
import { untilAborted } from '../until-aborted.ts';
import { type EndpointGuard, EndpointRefused } from './endpoint-guard.ts';

/**
 * Checks an endpoint as it is registered. A connection checks again, with the addresses that it is made to. Of a
 * function's ARN only a probe can tell whether it may be invoked.
 */
export const makeEndpointCheck =
  (guard: EndpointGuard): EndpointCheck =>
  async (endpoint, signal) => {
    if (endpoint.startsWith('arn:')) return undefined;
    try {
      const { hostname } = guard.admit(endpoint);
      const isName = isIP(hostname) === 0 && !hostname.startsWith('[');
      if (isName) await untilAborted(guard.addressesOf(hostname), signal);
      return undefined;
    } catch (error) {
      return error instanceof EndpointRefused ? error.message : 'its name cannot be resolved';
    }
  };
