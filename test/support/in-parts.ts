import { type AuditOptions, countsOf } from '../../shared/audit/audit.ts';
import { auditParts, type Bounds } from '../../shared/audit/parts/audit-parts.ts';
import { type GatheredAccounts, gathering } from '../../shared/audit/parts/gathered.ts';
import type { Spill } from '../../shared/audit/parts/sorted-runs.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { type Audit, FINDINGS_VERSION } from '../../shared/findings/finding.ts';

/** The accounts of a snapshot, read one by one; `reads` counts how often. */
export function gatheredFrom(
  snapshot: Snapshot,
  bindings: AuditOptions['config']['bindings'],
  reads: (id: string) => void = () => {},
): GatheredAccounts {
  const { accounts, ...rest } = snapshot;
  const all = gathering(bindings);
  // In no order, as they are read.
  for (const account of accounts.toReversed())
    all.add(
      account,
      rest.coverage.filter((gap) => gap.account === account.id),
      JSON.stringify(account).length,
    );
  const texts = new Map(accounts.map((account) => [account.id, JSON.stringify(account)]));
  return all.end(rest, async (id) => {
    reads(id);
    return JSON.parse(texts.get(id) ?? 'null');
  });
}

/** Written away, and read again. */
export const kept: Spill = async (lines) => {
  const all = [...lines];
  return async function* () {
    yield* all;
  };
};

/** An audit in parts, as one document. */
export async function auditInParts(
  snapshot: Snapshot,
  options: AuditOptions,
  bounds: Bounds,
): Promise<Audit> {
  const { findings, coverage, undecided, counts } = await auditParts(
    gatheredFrom(snapshot, options.config.bindings),
    options,
    kept,
    bounds,
  );
  const found = await Array.fromAsync(findings());
  return {
    schemaVersion: FINDINGS_VERSION,
    findings: found,
    coverage: await Array.fromAsync(coverage()),
    summary: { ...counts, ...countsOf(found) },
    undecided: await Array.fromAsync(undecided()),
  };
}
