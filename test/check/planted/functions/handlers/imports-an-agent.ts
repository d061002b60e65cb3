// caught by lint/style/noRestrictedImports: handlers-imports
import { defineAgent } from '../agents/kit/define-agent.ts';

export const define = defineAgent;
