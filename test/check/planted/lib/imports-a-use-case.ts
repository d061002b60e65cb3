// caught by plugin: lib-imports
import { makeRegisterAgents } from '../functions/application/registry/register-agents.ts';

export const register = makeRegisterAgents;
