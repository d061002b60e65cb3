// caught by plugin: domain-purity
export const stage = process.env.STAGE;
