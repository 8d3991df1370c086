import type { Config } from '../config/config.ts';
import type { Estate } from '../estate/estate.ts';
import { type Audit, FINDINGS_VERSION, type Finding } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import type { Failure, Rule } from '../rules/define-rule.ts';
import { rules as registry } from '../rules/index.ts';
import { judge } from '../rules/judge.ts';
import type { Accepted } from '../waivers/accepted.ts';
import { waive } from '../waivers/waive.ts';
import { coverageOf } from './coverage.ts';
import { compareFindings } from './order.ts';
import { undecidedCounts } from './undecided-counts.ts';

export interface AuditOptions {
  readonly config: Config;
  /** Hexadecimal hash of a text (SHA-256 at the edges): makes the fingerprints. */
  readonly hash: (text: string) => string;
  /** Names of the rules to ask; absent: all of them. */
  readonly rules?: readonly string[];
  /** What is accepted; absent: nothing. */
  readonly accepted?: Accepted;
}

/** Judges an estate: findings by severity, rule and place, what could not be decided, and the totals. */
export function audit(estate: Estate, options: AuditOptions): Audit {
  const { failures, undecided } = judge(estate, options.config, undefined, askedRules(options));
  const findings = findingsOf(failures, options).sort(compareFindings);
  const coverage = coverageOf(estate.snapshot, undecided);
  return {
    schemaVersion: FINDINGS_VERSION,
    findings,
    coverage,
    summary: {
      accounts: estate.accounts.size,
      clusters: estate.clusters.length,
      roles: estate.roles.length,
      ...countsOf(findings),
      coverage: coverage.length,
    },
    undecided: undecidedCounts(undecided),
  };
}

/** The rules that are asked. */
export function askedRules({ rules }: Pick<AuditOptions, 'rules'>): readonly Rule[] {
  const asked = rules === undefined ? null : new Set(rules);
  return registry.filter((rule) => asked?.has(rule.name) ?? true);
}

/** Failed checks as findings, with what is accepted of them; in no order. */
export function findingsOf(
  failures: readonly Failure[],
  { hash, accepted }: Pick<AuditOptions, 'hash' | 'accepted'>,
): Finding[] {
  const found = failures.map((failure) => findingOf(failure, hash));
  return accepted === undefined ? found : waive(found, accepted.waivers, accepted);
}

/** A failed check as a finding. */
export function findingOf(failure: Failure, hash: (text: string) => string): Finding {
  const { rule, where } = failure;
  return {
    fingerprint: fingerprint(rule.name, where, failure.identity, hash),
    rule: rule.name,
    number: rule.number,
    kind: rule.kind,
    severity: failure.severity,
    status: 'open',
    ...where,
    title: rule.title,
    detail: failure.detail,
    evidence: failure.evidence,
    consequences: [...failure.consequences],
    remedy: failure.repair?.text ?? rule.remedy,
  };
}

/** The open ones by severity, and how many are accepted. */
export function countsOf(
  findings: readonly Pick<Finding, 'severity' | 'status'>[],
): Pick<Audit['summary'], 'findings' | 'waived'> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity, status } of findings) if (status === 'open') counts[severity] += 1;
  return { findings: counts, waived: findings.filter(({ status }) => status === 'waived').length };
}
