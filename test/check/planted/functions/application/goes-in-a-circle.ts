// caught by lint/suspicious/noImportCycles: This import is part of a cycle
import { there } from './goes-back.ts';

export const here = (): unknown => there;
