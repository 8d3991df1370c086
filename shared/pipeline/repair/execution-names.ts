import type { StoredFinding } from '../../findings/stored.ts';

/** Hours after the last step of a finding at which what is still open may be started once more. */
const STARTS_AGAIN_HOURS = [0, 1, 4, 12] as const;

/** Findings whose last step is older are not looked at. */
const LOOKS_BACK_HOURS = 24;

type Named = Pick<StoredFinding, 'life' | 'sequence'> & {
  readonly finding: { readonly fingerprint: string };
};

/**
 * The names that the executions for a finding can have until it changes: one for each of a few spans of time that grow,
 * so that an execution that ended without a repair is started again, and never more often than that.
 */
export function executionNames(
  { finding, life, sequence }: Named,
  hash: (text: string) => string,
): readonly [string, ...string[]] {
  const name = (text: string) => `fix-${finding.fingerprint.slice(0, 32)}-${hash(text).slice(0, 16)}`;
  const [, ...later] = STARTS_AGAIN_HOURS;
  return [
    name(`${life} ${sequence}`),
    ...later.map((hours) => name(`${life} ${sequence} after ${hours} hours`)),
  ];
}

/** The name under which an execution is started now; null: the finding is too old. */
export function executionName(
  stored: Named & Pick<StoredFinding, 'lastChanged'>,
  hash: (text: string) => string,
  now: Date,
): string | null {
  const hours = (now.getTime() - Date.parse(stored.lastChanged)) / 3_600_000;
  if (hours > LOOKS_BACK_HOURS) return null;
  const span = STARTS_AGAIN_HOURS.findLastIndex((from) => hours >= from);
  return executionNames(stored, hash)[Math.max(0, span)] ?? null;
}
