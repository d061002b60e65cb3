import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { isAllowedHost } from '../../domain/access/allowed-host.ts';
import { hostOf } from '../../domain/access/endpoint-host.ts';
import { isPublicAddress } from './public-address.ts';
import type { ResolveName } from './resolve-name.ts';

/** A host that must not be called. `message` says why, fit for whoever registers the agent. */
export class EndpointRefused extends Error {
  override readonly name = 'EndpointRefused';
}

/** Says which HTTP endpoints may be called, by their text and by the addresses that they lead to. */
export interface EndpointGuard {
  /** The URL of an endpoint that may be called if its addresses may. @throws EndpointRefused */
  admit(endpoint: string): URL;
  /** The addresses of an admitted host that is a name, one at least. @throws EndpointRefused if one of them must not be called; Error */
  addressesOf(name: string): Promise<readonly LookupAddress[]>;
}

export interface GuardPolicy {
  /** Whether `http://127.0.0.1:<port>/…` may be called: the local stage alone. */
  readonly allowsLoopback: boolean;
  /** Names and `*.`-patterns; every public host without. */
  readonly allowedHosts: readonly string[] | undefined;
  readonly resolve: ResolveName;
  /** What counts as an address on the public Internet. @default isPublicAddress */
  readonly isPublic?: (address: string) => boolean;
}

const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d{1,5}(?:[/?]|$)/;
/** Names that mean this machine or its network, whatever they resolve to. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/;

export const makeEndpointGuard = (policy: GuardPolicy): EndpointGuard => {
  const { allowsLoopback, allowedHosts, resolve, isPublic = isPublicAddress } = policy;

  const problemOf = (endpoint: string, url: URL): string | undefined => {
    if (url.hash !== '' || endpoint.includes('#')) return 'it must not have a fragment';
    if (allowsLoopback && LOOPBACK.test(endpoint)) return undefined;
    if (url.protocol !== 'https:') return 'it must be HTTPS';
    const host = hostOf(endpoint);
    if (url.username !== '' || url.password !== '') return 'it must not have a user name or password';
    if (host === undefined || host !== url.hostname)
      return 'its host must be written plainly, as in https://agent.example';
    if (host.endsWith('.')) return 'its host must not end with a dot';
    const address = host.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0) {
      if (!isPublic(address)) return 'its host is not a public address';
    } else if (LOCAL_NAME.test(host) || !host.includes('.')) return 'its host is not a public name';
    return isAllowedHost(host, allowedHosts) ? undefined : 'its host is not among those that this installation allows';
  };

  return {
    admit: (endpoint) => {
      if (!URL.canParse(endpoint)) throw new EndpointRefused('it is not a URL');
      const url = new URL(endpoint);
      const problem = problemOf(endpoint, url);
      if (problem !== undefined) throw new EndpointRefused(problem);
      return url;
    },

    addressesOf: async (name) => {
      const addresses = await resolve(name);
      if (addresses.length === 0) throw Object.assign(new Error('the name has no address'), { code: 'ENODATA' });
      if (!addresses.every(isPublic)) throw new EndpointRefused('its name leads to an address that is not public');
      return addresses.map((address) => ({ address, family: isIP(address) }));
    },
  };
};
