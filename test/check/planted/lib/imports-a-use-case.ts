// caught by plugin: lib-imports
import { makeRegisterAgent } from '../functions/application/register-agent.ts';

export const register = makeRegisterAgent;
