import type { Severity } from '../../../../findings/finding.ts';
import { SEVERITY_WORDS } from '../words.ts';

/** Each severity has a form of its own, so that nobody needs the colour. */
const SHAPES: Readonly<Record<Severity, string>> = {
  critical: 'M4.2 1h5.6L13 4.2v5.6L9.800 13H4.200L1 9.800V4.200z',
  high: 'M7 1.300 13.200 12.500H.800z',
  medium: 'M7 .800 13.200 7 7 13.200.800 7z',
  low: 'M7 1.500a5.500 5.500 0 1 0 0 11a5.500 5.500 0 1 0 0-11z',
  info: 'M7 1.500a5.500 5.500 0 1 0 0 11a5.500 5.500 0 1 0 0-11zm0 2a3.500 3.500 0 1 1 0 7a3.500 3.500 0 1 1 0-7z',
};

/** The form of a severity; for readers of screens it is left to the words beside it. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <svg class={`mark mark-${severity}`} viewBox="0 0 14 14" width="12" height="12" aria-hidden="true">
      <path d={SHAPES[severity]} fill-rule="evenodd" />
    </svg>
  );
}

/** A severity: form, colour and word. */
export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return (
    <span class={`badge badge-${severity}`}>
      <SeverityMark severity={severity} />
      {SEVERITY_WORDS[severity]}
    </span>
  );
}
