// caught by lint/style/noRestrictedImports: adapters-imports
import { defineAgent } from '../../agents/kit/define-agent.ts';

export const define = defineAgent;
