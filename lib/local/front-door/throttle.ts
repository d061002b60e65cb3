import type { CloudClock, Resource } from '../types.ts';

/** A stage's limit for one method or, with `*`, for all that have none of their own. */
export interface MethodThrottle {
  /** As in the template: `/*`, or a resource's path. */
  readonly resourcePath: string;
  readonly method: string;
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** The throttles of a stage's method settings, the narrowest first. */
export const readThrottles = ({ properties }: Resource): readonly MethodThrottle[] => {
  const settings = Array.isArray(properties.MethodSettings) ? properties.MethodSettings : [];
  return settings
    .filter(({ ThrottlingRateLimit: rate }) => rate !== undefined)
    .map(
      ({ ResourcePath: resourcePath, HttpMethod: method, ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst }) => ({
        // CloudFormation's form of a path: `/` is `~1` in it.
        resourcePath: String(resourcePath).replaceAll('~1', '/').replace(/^\/\//, '/'),
        method: String(method),
        ratePerSecond: Number(rate),
        burst: Number(burst ?? rate),
      }),
    )
    .sort((a, b) => breadth(a) - breadth(b));
};

/**
 * Makes what says whether a request may pass now. One token bucket a throttle, full at the start.
 */
export const makeThrottle = (throttles: readonly MethodThrottle[], clock: Pick<CloudClock, 'now'>) => {
  const buckets = throttles.map((throttle) => ({ ...throttle, tokens: throttle.burst, filledMs: clock.now() }));
  return (method: string, resourcePath: string): boolean => {
    const bucket = buckets.find(
      (each) =>
        (each.method === '*' || each.method === method) &&
        (each.resourcePath === '/*' || each.resourcePath === resourcePath),
    );
    if (bucket === undefined) return true;
    const nowMs = clock.now();
    const gained = ((nowMs - bucket.filledMs) / 1000) * bucket.ratePerSecond;
    bucket.tokens = Math.min(bucket.burst, bucket.tokens + gained);
    bucket.filledMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
};

const breadth = ({ resourcePath, method }: MethodThrottle): number =>
  (resourcePath === '/*' ? 2 : 0) + (method === '*' ? 1 : 0);
