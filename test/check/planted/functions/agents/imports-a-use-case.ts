// caught by lint/style/noRestrictedImports: agents-imports
import { makeRetryTurn } from '../application/turns/retry-turn.ts';

export const retry = makeRetryTurn;
