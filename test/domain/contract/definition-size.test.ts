import { expect, it } from 'vitest';
import * as z from 'zod';
import {
  AgentDefinition,
  cardOf,
  MAX_DEFINITION_BYTES,
  StoredAgentDefinition,
  StoredRoutingCard,
} from '../../../functions/domain/contract/agent.ts';
import { agentDefinition } from '../../twins/samples.ts';

/** "The maximum item size in DynamoDB is 400 KB". */
const ITEM_BYTES = 400 * 1024;

const texts = (length: number, text: string): string[] => Array.from({ length }, () => text);

/** Characters that JSON writes with six bytes each, wherever a text is free. */
const widest = (examples: string[]) =>
  agentDefinition('wide', 'supervisor', {
    capabilities: [],
    specializations: texts(64, '\0'.repeat(64)),
    sub_agents: texts(100, '\0'.repeat(128)),
    tags: texts(20, '\0'.repeat(64)),
    name: '\0'.repeat(128),
    description: '\0'.repeat(2000),
    endpoint_url: `https://example.com/${'字'.repeat(2000)}`,
    health_check_url: `https://example.com/${'字'.repeat(2000)}`,
    credentials: { secret: '\0'.repeat(512) },
    examples,
  });

const bytesOf = (wire: unknown): number => Buffer.byteLength(JSON.stringify(wire));

it('the widest definition that is valid fits, with its card, into an item of the store', () => {
  const bytes = (count: number) => bytesOf(z.encode(StoredAgentDefinition, widest(texts(count, '\0'.repeat(1000)))));
  const perExample = bytes(2) - bytes(1);
  const count = Math.floor((MAX_DEFINITION_BYTES - bytes(1)) / perExample) + 1;
  const left = MAX_DEFINITION_BYTES - bytes(count);
  const largest = widest([...texts(count, '\0'.repeat(1000)), 'x'.repeat(Math.min(1000, left - 3))]);
  const definitionBytes = bytesOf(z.encode(AgentDefinition, largest));
  expect(definitionBytes).toBeGreaterThan(MAX_DEFINITION_BYTES - 6_100);
  expect(definitionBytes + bytesOf(z.encode(StoredRoutingCard, cardOf(largest)))).toBeLessThan(ITEM_BYTES - 4_096);
  expect(() => widest(texts(count + 1, '\0'.repeat(1000)))).toThrow('larger than 262144 bytes');
});

it('counts bytes of UTF-8 as JSON has them, to the last one', () => {
  const base = { description: '字é😀\ud800"' };
  const empty = bytesOf(z.encode(StoredAgentDefinition, agentDefinition('a', 'debugger', base)));
  const fill = (extra: number) => {
    let left = MAX_DEFINITION_BYTES - empty + extra;
    const examples: string[] = [];
    while (left > 0) {
      const separator = examples.length === 0 ? 0 : 1;
      const example = '\0'.repeat(Math.max(0, Math.min(1000, Math.floor((left - 2 - separator) / 6))));
      if (example.length < 1000) {
        examples.push(`${example}${'x'.repeat((left - 2 - separator) % 6)}`);
        break;
      }
      examples.push(example);
      left -= 6_000 + 2 + separator;
    }
    return agentDefinition('a', 'debugger', { ...base, examples });
  };
  expect(bytesOf(z.encode(StoredAgentDefinition, fill(0)))).toBe(MAX_DEFINITION_BYTES);
  expect(() => fill(1)).toThrow('larger than');
});
