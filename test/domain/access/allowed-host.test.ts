import { expect, it } from 'vitest';
import { isAllowedHost } from '../../../functions/domain/access/allowed-host.ts';

it.each([
  ['agent.example.com', undefined, true],
  ['agent.example.com', ['*.example.com'], true],
  ['a.b.example.com', ['*.example.com'], true],
  ['agent.example.com', ['other.example', 'agent.example.com'], true],
  ['example.com', ['*.example.com'], false],
  ['.example.com', ['*.example.com'], false],
  ['evilexample.com', ['*.example.com'], false],
  ['agent.example.com.evil.example', ['*.example.com'], false],
  ['sub.agent.example.com', ['agent.example.com'], false],
])('the host %s, with %j, is allowed: %s', (host, allowed, expected) => {
  expect(isAllowedHost(host, allowed)).toBe(expected);
});
