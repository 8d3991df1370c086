import type { Finding } from '../../findings/finding.ts';
import type { Verdict } from '../applying.ts';
import type { Reading } from './reading.ts';

/** A plan acts only on findings that are open: what is waived is left alone, what is gone needs no fix. */
export function decideWaiver(status: Reading<Finding['status'] | null>): Verdict {
  if (!status.known)
    return { allowed: false, reason: `the state of its finding could not be read (${status.reason})` };
  switch (status.value) {
    case 'open':
      return { allowed: true };
    case 'waived':
      return { allowed: false, reason: 'its finding is waived: what is waived is never fixed' };
    case 'resolved':
      return { allowed: false, reason: 'its finding is resolved: there is nothing to fix' };
    case null:
      return { allowed: false, reason: 'its finding is not known: nothing shows that it is open' };
  }
}
