/**
 * Percentiles of durations out of counts by bucket: bucket n holds 1.2^n to 1.2^(n+1) milliseconds, and each answer is
 * the middle of a bucket, so it is at most 10 % from the exact one (0.1 ms and less are one bucket).
 */

/** How many requests took about as long. */
export interface LatencyBucket {
  bucket: number;
  requests: number;
}

const GROWTH = 1.2;

/** The duration that a share (0 to 1) of the requests did not exceed, in milliseconds; null without requests. */
export function latencyPercentile(buckets: LatencyBucket[], share: number): number | null {
  const sorted = buckets.filter(({ requests }) => requests > 0).toSorted((a, b) =>
    a.bucket - b.bucket
  );
  const total = sorted.reduce((sum, { requests }) => sum + requests, 0);
  const wanted = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (const { bucket, requests } of sorted) {
    seen += requests;
    // The geometric middle: as far, by ratio, from one end as from the other.
    if (seen >= wanted) return GROWTH ** (bucket + 0.5);
  }
  return null;
}
