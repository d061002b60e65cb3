import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildAppOptions, buildApp } from 'fauxqs';
import type { ServiceReply } from '../types.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
type SqsStore = Stores['sqsStore'];

interface Persistence {
  loadSqsAndSns(sqsStore: SqsStore, snsStore: Stores['snsStore']): void;
  close(): void;
}

export interface QueueEngine {
  /** Creates a queue, or gives a stored one the attributes of the template. */
  ensureQueue(name: string, url: string, arn: string, attributes: Readonly<Record<string, string>>): void;
  /** Answers one call of the SQS API, `AmazonSQS.<operation>`. */
  send(target: string, body: Buffer): Promise<ServiceReply>;
  counts(name: string): { visible: number; in_flight: number; delayed: number };
  close(): Promise<void>;
}

/**
 * fauxqs without its server: `startFauxqs` listens on every interface, without authentication, and offers no other
 * way. The stores behind it are not exported, so they are taken by file path from the pinned version (2.4.1).
 */
const loadStores = async (folder: string | undefined) => {
  const dist = dirname(fileURLToPath(import.meta.resolve('fauxqs')));
  const part = (path: string) => import(pathToFileURL(join(dist, path)).href);
  const [sqs, sns, s3, persistence] = await Promise.all(
    ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js', 'persistence.js'].map(part),
  );
  const stores: Stores = { sqsStore: new sqs.SqsStore(), snsStore: new sns.SnsStore(), s3Store: new s3.S3Store() };
  const disk: Persistence | undefined = folder === undefined ? undefined : new persistence.PersistenceManager(folder);
  return { stores, disk };
};

/** Opens the queues stored in `folder`, or none, in memory. */
export const openQueueEngine = async (folder: string | undefined): Promise<QueueEngine> => {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const { stores, disk } = await loadStores(folder);
  const { sqsStore } = stores;
  // Loaded before persistence is wired: what is loaded must not be written again.
  disk?.loadSqsAndSns(sqsStore, stores.snsStore);
  if (disk) wirePersistence(sqsStore, disk);
  const app = buildApp({ logger: false, stores });
  await app.ready();
  return {
    ensureQueue: (name, url, arn, attributes) => {
      const queue = sqsStore.getQueueByName(name);
      if (queue) queue.setAttributes({ ...attributes });
      else sqsStore.createQueue(name, url, arn, { ...attributes });
    },
    send: async (target, body) => {
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
      const reply = await app.inject({ method: 'POST', url: '/', headers, payload: body });
      const passed = Object.entries(reply.headers).map(([header, value]) => [header, String(value)] as const);
      return { status: reply.statusCode, headers: Object.fromEntries(passed), body: reply.rawPayload };
    },
    counts: (name) => {
      const queue = sqsStore.getQueueByName(name);
      queue?.processTimers();
      const { ready = [], inflight = [], delayed = [] } = queue?.inspectMessages() ?? {};
      return { visible: ready.length, in_flight: inflight.length, delayed: delayed.length };
    },
    close: async () => {
      await app.close();
      disk?.close();
    },
  };
};

const wirePersistence = (sqsStore: SqsStore, disk: Persistence): void => {
  const persistence = disk as NonNullable<SqsStore['persistence']>;
  sqsStore.persistence = persistence;
  for (const queue of sqsStore.allQueues()) queue.persistence = persistence;
};
