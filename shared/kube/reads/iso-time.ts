/** A time as Kubernetes writes it (`2026-11-01T08:00:00Z`), as snapshots do; undefined for none and for what is no time. */
export function isoTime(text: string | null | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
