// caught by lint/style/noRestrictedImports: application-imports
import { randomUUID } from 'node:crypto';

export const mintId = (): string => randomUUID();
