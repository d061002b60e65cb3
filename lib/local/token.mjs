import { onNewNode } from './process/node-version.mjs';

/* `npm run token`. */
await onNewNode(() => import('./token.ts'));
