/** The encoder's kernels. Addresses are bytes in the imported memory; every buffer begins at a multiple of 16. */
export { attend } from './attention';
export { contract } from './contract';
export { hyperbolicTangent } from './exponential';
export { linear } from './linear';
export { quantise } from './quantise';
export { rectify } from './rectify';
export { add, embed, layerNorm, meanRow } from './rows';
