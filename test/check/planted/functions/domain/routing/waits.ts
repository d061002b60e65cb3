// caught by tsc: Cannot find name 'setTimeout'
export const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
