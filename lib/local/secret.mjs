import { onNewNode } from './process/node-version.mjs';

/* `npm run secret`. */
await onNewNode(() => import('./secret.ts'));
