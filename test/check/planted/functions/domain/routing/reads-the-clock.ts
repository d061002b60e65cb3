// caught by plugin: domain-purity
export const now = (): number => Date.now();
