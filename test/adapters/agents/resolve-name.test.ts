import { expect, it } from 'vitest';
import { makeResolveName } from '../../../functions/adapters/agents/resolve-name.ts';

const V4 = ['93.184.216.34'];
const V6 = ['2606:2800:220:1::1'];
const noData = Object.assign(new Error('queryA ENODATA'), { code: 'ENODATA' });
const serverFault = Object.assign(new Error('queryAaaa ESERVFAIL'), { code: 'ESERVFAIL' });

const resolving = (v4: readonly string[] | Error, v6: readonly string[] | Error) => {
  const say = async (answer: readonly string[] | Error) => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return makeResolveName({ resolve4: () => say(v4), resolve6: () => say(v6) } as never)('agent.example');
};

it('finds the addresses of both families, and is content with one', async () => {
  expect(await resolving(V4, V6)).toEqual([...V4, ...V6]);
  expect(await resolving(V4, serverFault)).toEqual(V4);
  expect(await resolving(noData, V6)).toEqual(V6);
});

it('rejects a name without addresses, with the code of the fault', async () => {
  await expect(resolving(noData, serverFault)).rejects.toMatchObject({ code: 'ENODATA' });
});
