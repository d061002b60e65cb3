// caught by plugin: domain-purity
export const jitter = (): number => Math.random();
