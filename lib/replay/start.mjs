import { onNewNode } from '../local/process/node-version.mjs';

/* `npm run replay`. */
await onNewNode(() => import('./cli.ts'));
