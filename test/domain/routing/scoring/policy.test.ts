import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parsePolicy, ROUTING_POLICY, RoutingPolicy } from '../../../../functions/domain/routing/scoring/policy.ts';

const json = () => structuredClone(z.encode(RoutingPolicy, ROUTING_POLICY));

describe('a routing policy', () => {
  it('survives being written as JSON and read again', () => {
    expect(parsePolicy(JSON.parse(JSON.stringify(json())))).toEqual(ROUTING_POLICY);
  });

  it.each([
    ['an unknown weight', { weights: { ...json().weights, charm: 1 } }, 'weights.charm'],
    ['a weight below 0', { weights: { ...json().weights, role: -1 } }, 'weights.role'],
    ['a weight that is no number', { weights: { ...json().weights, load: 'much' } }, 'weights.load'],
    ['a missing weight', { weights: { role: 1 } }, 'weights.capability'],
    ['a threshold above 1', { claim_from: 1.5 }, 'claim_from'],
    ['an unknown field', { bravery: 1 }, 'bravery'],
    ['no version', { version: '' }, 'version'],
  ])('rejects %s by its name', (_, changes, path) => {
    expect(() => parsePolicy({ ...json(), ...changes })).toThrow(path);
  });

  it.each([[null], ['scores-1'], [[]]])('rejects what is no object: %j', (value) => {
    expect(() => parsePolicy(value)).toThrow('must be an object');
  });
});
