// caught by lint/style/noRestrictedImports: adapters-imports
import { FUNCTIONS } from '../../lib/functions.ts';

export const names = Object.keys(FUNCTIONS);
