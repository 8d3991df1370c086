import type { Kind, Severity } from '../../../findings/finding.ts';
import type { Change } from '../../../findings/transition.ts';
import type { Grade } from '../../../iam/privileges.ts';
import type { Verdict } from '../../../identity/chain.ts';
import type { ReportChain } from '../data.ts';

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
};

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  broken: 'Broken: something that should work does not',
  open: 'Open: something works for more identities than intended',
  rot: 'Rot: a leftover that will become a fault',
  blind: 'Blind: podtrust cannot see',
};

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  works: 'Works',
  broken: 'Broken',
  unknown: 'Not known',
};

export const STEP_WORDS: Readonly<Record<ReportChain['steps'][number]['status'], string>> = {
  pass: 'passes',
  fail: 'fails',
  unknown: 'not known',
  'not-evaluated': 'not evaluated',
};

export const GRADE_WORDS: Readonly<Record<Grade, string>> = {
  admin: 'administrator of its account',
  escalation: 'can make itself more than it was given',
  data: 'reaches data',
  limited: 'limited',
  none: 'nothing',
  unknown: 'not known',
};

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  new: 'New',
  changed: 'Changed',
  resolved: 'Resolved',
  reopened: 'Reopened',
  waived: 'Accepted',
};

/** `1 finding`, `2 findings`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** `22 Nov 2026, 09:41 UTC`, whatever the reader's time zone: reports are compared. The text itself where it is no time. */
export function timeWords(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return `${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })}, ${time.toISOString().slice(11, 16)} UTC`;
}
