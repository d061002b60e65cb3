// caught by plugin: lib-imports
export const load = async () => import('../../functions/handlers/router.ts');
