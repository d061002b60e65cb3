import { describe, expect, it } from 'vitest';
import { makeGroupCommit } from '../../functions/adapters/group-commit.ts';
import { patience } from '../twins/samples.ts';

const setUp = () => {
  const commits: { key: string; members: string[]; end: PromiseWithResolvers<void> }[] = [];
  const add = makeGroupCommit<string>((key, members) => {
    const end = Promise.withResolvers<void>();
    commits.push({ key, members: [...members], end });
    return end.promise;
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { commits, add: (key: string, member: string) => add(key, member, patience()), settle };
};

describe('a group commit', () => {
  it('takes what comes while it is at work together, after it', async () => {
    const { commits, add, settle } = setUp();
    const first = add('k', 'a');
    await settle();
    const later = ['b', 'c', 'b'].map((member) => add('k', member));
    await settle();
    expect(commits.map(({ members }) => members)).toEqual([['a']]);
    commits[0]?.end.resolve();
    await first;
    await settle();
    expect(commits.map(({ members }) => members)).toEqual([['a'], ['b', 'c']]);
    commits[1]?.end.resolve();
    await Promise.all(later);
  });

  it('lets no key wait for another', async () => {
    const { commits, add, settle } = setUp();
    void add('k', 'a');
    void add('other', 'a');
    await settle();
    expect(commits.map(({ key }) => key)).toEqual(['k', 'other']);
  });

  it('survives a commit that fails: its own callers hear of it, the next group does not', async () => {
    const { commits, add, settle } = setUp();
    const first = add('k', 'a');
    await settle();
    const second = add('k', 'b');
    commits[0]?.end.reject(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await settle();
    commits[1]?.end.resolve();
    await expect(second).resolves.toBeUndefined();
  });
});
