import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../functions/adapters/agents/public-address.ts';

describe('an address', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '52.94.236.248',
    '172.32.0.1',
    '192.0.1.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('on the Internet is public: %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.0.0.192', '192.168.1.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '64:ff9b::808:808', '100::1'],
    ...['2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', '5f00::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1'],
    ...['fe80::1%eth0', '2606:4700::1111%1', 'fec0::1', 'ff02::1', '4000::1'],
    ...['', 'agent.example', '127.1', '0x7f.1', '2130706433', '8.8.8.8 ', '08.8.8.8', '[::1]'],
  ])('rejects what is not on the Internet, or no address: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('is public only where a library of address ranges agrees', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        if (isPublicAddress(address)) expect(ipaddr.parse(address).range()).toBe('unicast');
      }),
      { numRuns: 3_000 },
    );
  });

  it('of IPv4 is public exactly where that library says so', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(address)).toBe(ipaddr.parse(address).range() === 'unicast');
      }),
      { numRuns: 3_000 },
    );
  });
});
