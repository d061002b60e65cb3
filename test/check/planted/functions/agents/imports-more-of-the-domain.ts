// caught by lint/style/noRestrictedImports: agents-imports
import { decide } from '../domain/routing/decide.ts';

export const choose = decide;
