/** One page of a list, and the token for the next one. */
export interface Page<T> {
  readonly items: T[];
  readonly next?: string;
}

const TOKEN = /^sim-(\d+)$/;

/**
 * Cuts a page from a list.
 * `token` is one that an earlier page gave; `onBadToken` makes the service's error for any other.
 */
export function page<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
  onBadToken: (token: string) => Error,
): Page<T> {
  const match = TOKEN.exec(token ?? 'sim-0');
  if (!match) throw onBadToken(token ?? '');
  const start = Number(match[1]);
  const end = start + Math.max(1, size);
  const items = all.slice(start, end);
  return end < all.length ? { items, next: `sim-${end}` } : { items };
}
