import * as z from 'zod';

/** What answers inside the built-in agents, as the stage's settings say; `offline` needs no model. */
export const builtInEngine = (environment: NodeJS.ProcessEnv): 'offline' =>
  z.object({ MODEL_PROVIDER: z.enum(['offline']).default('offline') }).parse(environment).MODEL_PROVIDER;
