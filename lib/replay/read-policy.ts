import { readFileSync } from 'node:fs';
import { Failure } from '../../functions/domain/contract/failures.ts';
import { parsePolicy, type RoutingPolicy } from '../../functions/domain/routing/scoring/policy.ts';
import { ReadError } from './read-error.ts';

/** A policy from a JSON file. @throws ReadError that names the file and each wrong field */
export const readPolicy = (path: string): RoutingPolicy => {
  try {
    return parsePolicy(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof Failure ? error.detail : (error as Error).message;
    throw new ReadError(`${path} is not a routing policy: ${reason}`, { cause: error });
  }
};
