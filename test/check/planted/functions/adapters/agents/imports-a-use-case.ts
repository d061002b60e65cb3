// caught by lint/style/noRestrictedImports: adapters-imports
import { storeSignal } from '../../application/deadlines.ts';

export const signal = storeSignal();
