// caught by lint/style/noRestrictedImports: lib-tests
import { stillClock } from '../../test/lib/local/fake-account.ts';

export const clock = stillClock(0);
