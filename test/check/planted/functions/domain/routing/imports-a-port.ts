// caught by lint/style/noRestrictedImports: domain-imports
export type { TurnStore } from '../../application/ports.ts';
