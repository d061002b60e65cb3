import { startCloud } from '../../lib/local/cloud.ts';
import { registerAgent } from '../e2e/test-agent.ts';
import { slowStore } from './slow-store.ts';

/** What the benchmark asks of its cloud. */
export interface CloudOrder {
  /** DynamoDB calls take at least this long from now on. */
  readonly storeMs: number;
}

export type CloudNews =
  | { readonly kind: 'ready'; readonly url: string; readonly token: string }
  | { readonly kind: 'done' };

const tell = (news: CloudNews): void => void process.send?.(news);

/* A local cloud in a process of its own, so that load and agent do not take its turns. Argument: the agent as JSON. */
const cloud = await startCloud({
  automaticSchedules: false,
  settings: { throttleRate: 10_000, throttleBurst: 5_000 },
});
await registerAgent(cloud, JSON.parse(process.argv[2] ?? '{}'));
process.on('message', ({ storeMs }: CloudOrder) => {
  cloud.setInterposers(storeMs > 0 ? [slowStore(storeMs)] : []);
  tell({ kind: 'done' });
});
process.on('disconnect', () => {
  cloud.close().finally(() => process.exit());
});
tell({ kind: 'ready', url: cloud.url, token: await cloud.token({ user: 'bench' }) });
