import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from '../process/data-folder.ts';
import type { Account, FunctionHost } from '../types.ts';
import { type CustomResourceRecords, deleteLeftResources, deployCustomResources } from './custom-resources.ts';

interface KeepOptions {
  readonly account: Account;
  readonly host: Pick<FunctionHost, 'invoke'>;
  /** Where is remembered what was deployed. @default - nowhere */
  readonly dataDir: string | undefined;
  readonly progress: (step: string) => void;
  readonly report: (error: Error) => void;
}

export interface KeptCustomResources {
  /** Deletes those that left the stacks, in the background; what is not deleted before `stop` is so at the next start. */
  deleteLeft(): void;
  stop(): void;
}

const FILE = 'custom-resources.json';

/**
 * Brings the account's custom resources up to date and remembers them in the data folder.
 * @throws Error with the reason that a function gave
 */
export const keepCustomResources = async (options: KeepOptions): Promise<KeptCustomResources> => {
  const { account, host, dataDir, progress, report } = options;
  const isStored = dataDir !== undefined && existsSync(join(dataDir, FILE));
  let remembered = isStored ? (readJson(dataDir, FILE) as CustomResourceRecords) : {};
  const remember = (records: CustomResourceRecords): void => {
    remembered = records;
    if (dataDir !== undefined) writeJson(join(dataDir, FILE), records);
  };
  remember(await deployCustomResources({ account, host, remembered }));

  let isStopped = false;
  const forget = (key: string): void => {
    if (isStopped) return;
    const { [key]: record, ...others } = remembered;
    remember(others);
    progress(`${record?.logicalId} is deleted`);
  };
  const reportRunning = (error: Error): void => {
    if (!isStopped) report(error);
  };
  return {
    deleteLeft: () =>
      void deleteLeftResources({ account, host, remembered }, forget, reportRunning).catch(reportRunning),
    stop: () => {
      isStopped = true;
    },
  };
};
