// caught by lint/style/noRestrictedImports: agents-imports
import { ask } from '../../test/agents/ask.ts';

export const question = ask;
