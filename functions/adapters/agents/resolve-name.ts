import { Resolver } from 'node:dns/promises';

/** Addresses of a name, IPv4 first. @throws Error with a `code` if it has none or cannot be resolved; within seconds */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/**
 * Asks the name servers, not the C library: that one resolves four names at a time, so that four names with servers that
 * hang would hold up every other agent; and it knows names of this machine that no agent has.
 */
export const makeResolveName =
  (resolver: Pick<Resolver, 'resolve4' | 'resolve6'> = new Resolver({ timeout: 1_000, tries: 2 })): ResolveName =>
  async (name) => {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0 && v4.status === 'rejected') throw v4.reason;
    return addresses;
  };
