import type { Account, Resource } from '../../../lib/local/types.ts';

type Given = Pick<Resource, 'logicalId' | 'type' | 'properties'> & { dependsOn?: readonly string[] };

/** An account of hand-made resources; a resource's `Ref` and ARN are made of its logical id unless given. */
export const fakeAccount = (
  given: readonly Given[],
  values: { refs?: Record<string, string>; arns?: Record<string, string> } = {},
): Account => {
  const resources = given.map((resource): Resource => ({ stack: 'test', dependsOn: [], ...resource }));
  return {
    region: 'us-east-1',
    accountId: '000000000000',
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    ref: (id) => values.refs?.[id] ?? id,
    attribute: (id, name) => {
      if (name !== 'Arn') throw new Error(`no attribute ${name}`);
      return values.arns?.[id] ?? `arn:aws:test:us-east-1:000000000000:${id}`;
    },
  };
};

/** A clock that stands still until it is advanced. */
export const stillClock = (startMs: number) => {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    offsetMs: () => nowMs - startMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
};
