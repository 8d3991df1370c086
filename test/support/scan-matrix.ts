import { crashes, type FaultRow, failures } from './call-matrix.ts';
import type { CallFault } from './hub/calls.ts';
import type { ScanOutcome } from './scan-faults.ts';

/** The functions of scans, by their folders. */
export const SCAN_FUNCTIONS: readonly string[] = [
  'list-accounts',
  'collect-account',
  'collect-region',
  'pace-scan',
  'assemble',
  'join',
  'judge-account',
  'report',
];

/** Rows of every call that the functions of a scan make where nothing goes wrong. */
export function scanRows({ calls }: ScanOutcome, chosen: (call: string) => boolean = () => true): FaultRow[] {
  return [...calls]
    .filter(([call]) => chosen(call))
    .flatMap(([call, count]) => [...failures({ call, count }), ...crashes({ call, count })]);
}

/** Whether nothing may come of a fault: whatever a process dies at, and however an answer is cut into pages. */
export const comesToNothing = ({ how }: CallFault): boolean => /^crash|^partial|^lost/.test(String(how));
