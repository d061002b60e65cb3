// caught by plugin: lib-imports
import { makeRegisterAgents } from '../functions/application/register-agents.ts';

export const register = makeRegisterAgents;
