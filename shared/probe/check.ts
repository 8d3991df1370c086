import { bounded } from '../identity/bounded.ts';

/** Every check of a probe, in order; docs/probe.md says what each asks. */
export const PROBE_CHECKS = [
  'service-account',
  'token-request',
  'token-format',
  'token-algorithm',
  'token-issuer',
  'token-audience',
  'token-subject',
  'token-time',
  'issuer-keys',
  'token-signature',
  'assume-role',
  'caller-identity',
  'test-pod',
  'expected-role',
] as const;

export type ProbeCheckName = (typeof PROBE_CHECKS)[number];

/** One thing that was tried, and what came of it. */
export interface ProbeCheck {
  readonly check: ProbeCheckName;
  readonly status: 'pass' | 'fail' | 'unknown' | 'not-evaluated';
  readonly detail: string;
}

const make =
  (status: ProbeCheck['status']) =>
  (check: ProbeCheckName, detail: string): ProbeCheck => ({ check, status, detail: bounded(detail) });

/** It holds. */
export const holds = make('pass');
/** It does not. */
export const fails = make('fail');
/** It cannot be said; the detail says what to do. */
export const open = make('unknown');
/** It was not asked. */
export const notAsked = make('not-evaluated');
