import type { Audit, Coverage, Finding, UndecidedCount } from '../findings/finding.ts';

/** An audit that is read piece by piece, in order: it may hold more than memory does. */
export interface AuditStream {
  readonly findings: () => AsyncIterable<Finding>;
  readonly coverage: () => AsyncIterable<Coverage>;
  readonly undecided: () => AsyncIterable<UndecidedCount>;
  readonly counts: Pick<Audit['summary'], 'accounts' | 'clusters' | 'roles' | 'coverage'>;
}

/** An audit that memory holds, as a stream. */
export function streamOf({ findings, coverage, summary, undecided = [] }: Audit): AuditStream {
  const { accounts, clusters, roles } = summary;
  return {
    findings: () => each(findings),
    coverage: () => each(coverage),
    undecided: () => each(undecided),
    counts: { accounts, clusters, roles, coverage: coverage.length },
  };
}

async function* each<T>(things: Iterable<T>): AsyncGenerator<T> {
  yield* things;
}
