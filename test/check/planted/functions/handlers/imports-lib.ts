// caught by lint/style/noRestrictedImports: handlers-imports
import { FUNCTIONS } from '../../lib/functions.ts';

export const names = Object.keys(FUNCTIONS);
