import { BlockList, isIP } from 'node:net';

/**
 * What is not the public Internet, of IPv4 and of the one block from which IPv6 unicast is given out.
 * @see IANA IPv4 and IPv6 Special-Purpose Address Registries
 */
const RESERVED_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** Everything outside it is refused: mapped, compatible, NAT64, unique local, link-local, multicast addresses. */
const GLOBAL_V6 = ['2000::/3'];
/** Within it: IETF assignments with Teredo and ORCHID, documentation, 6to4, AS112. */
const RESERVED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const listOf = (family: 'ipv4' | 'ipv6', subnets: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return (address) => list.check(address, family);
};

const isReservedV4 = listOf('ipv4', RESERVED_V4);
const isGlobalV6 = listOf('ipv6', GLOBAL_V6);
const isReservedV6 = listOf('ipv6', RESERVED_V6);

/** Whether a text is the address of a host on the public Internet; false for whatever is no address. */
export const isPublicAddress = (address: string): boolean => {
  switch (isIP(address)) {
    case 4:
      return !isReservedV4(address);
    case 6:
      return !address.includes('%') && isGlobalV6(address) && !isReservedV6(address);
    default:
      return false;
  }
};
