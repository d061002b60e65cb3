import { readFileSync } from 'node:fs';
import { onNewNode } from '../local/process/node-version.mjs';

/* `npm run agent:check`. The roles that the settings add are put where the role table looks for them when it is loaded. */
const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
globalThis.SWITCHBOARD_ROLES = context?.roles ?? {};
await onNewNode(() => import('./cli.ts'));
