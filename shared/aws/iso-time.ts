/** A time of an answer in ISO 8601, or undefined when it is none. */
export function isoTime(date: Date | undefined): string | undefined {
  return date instanceof Date && Number.isFinite(date.getTime()) ? date.toISOString() : undefined;
}
