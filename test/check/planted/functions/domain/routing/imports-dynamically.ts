// caught by lint/style/noRestrictedImports: domain-imports
export const load = async () => import('node:fs/promises');
