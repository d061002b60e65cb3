// caught by lint/suspicious/noImportCycles: This import is part of a cycle
import { here } from './goes-in-a-circle.ts';

export const there = here;
