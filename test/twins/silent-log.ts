import type { Log } from '../../functions/application/ports.ts';

const ignore = (): undefined => undefined;

/** A log that nobody reads. */
export const silentLog: Log = { info: ignore, warn: ignore, error: ignore };
