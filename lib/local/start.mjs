import { onNewNode } from './process/node-version.mjs';

/* `npm start`. */
await onNewNode(() => import('./cli.ts'));
