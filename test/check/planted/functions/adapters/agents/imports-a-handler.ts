// caught by lint/style/noRestrictedImports: adapters-imports
import { log } from '../../handlers/shared/telemetry.ts';

export const warn = log.warn;
