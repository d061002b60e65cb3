// caught by plugin: domain-purity
const { now } = Date;

export const elapsedMs = (sinceMs: number): number => now() - sinceMs;
