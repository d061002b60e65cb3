// caught by plugin: domain-purity
export const today = (): string => new Date().toISOString();
