import { findingOf } from '../audit/audit.ts';
import { compareFindings } from '../audit/order.ts';
import type { Config } from '../config/config.ts';
import { buildEstate } from '../estate/build-estate.ts';
import { parseSnapshot } from '../estate/parse-snapshot.ts';
import type { Snapshot } from '../estate/snapshot.ts';
import { judge } from '../rules/judge.ts';
import { type Claims, claimKey } from './claims.ts';
import { findRole } from './collect.ts';
import { LostClaimError } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { blindNotice, findingNotice, type Notice } from './notice.ts';
import type { Telemetry } from './telemetry.ts';

export interface EvaluatePorts {
  readonly claims: Claims;
  readonly telemetry: Telemetry;
  readonly config: Config;
  readonly hash: (text: string) => string;
}

export interface Evaluated {
  /** Where the notices are. */
  readonly key: string;
  readonly notices: number;
  /** Checks of the scope that could not be decided: not passes. */
  readonly undecided: number;
}

/**
 * Judges the scope in the snapshot that `collect` kept, and keeps what there is to tell. A role that is gone has no
 * findings; a role that could not be read gives a notice that says so, since silence would read as a pass.
 */
export function evaluate(ports: EvaluatePorts) {
  return async (evaluation: Evaluation, snapshotKey: string): Promise<Evaluated> => {
    const parsed = parseSnapshot(await ports.claims.get(snapshotKey));
    if (!('snapshot' in parsed)) throw new LostClaimError(snapshotKey, parsed.error);
    const { notices, undecided } = judgeScope(parsed.snapshot, evaluation, ports);
    const key = claimKey(evaluation.name, 'notices');
    await ports.claims.put(key, JSON.stringify(notices));
    ports.telemetry.count('FindingsFound', notices.filter(({ type }) => type === 'finding').length);
    ports.telemetry.count('ChecksUndecided', undecided);
    return { key, notices: notices.length, undecided };
  };
}

function judgeScope(
  snapshot: Snapshot,
  evaluation: Evaluation,
  { config, hash }: EvaluatePorts,
): { notices: readonly Notice[]; undecided: number } {
  const { scope } = evaluation;
  const account = snapshot.accounts.find(({ id }) => id === scope.account);
  const role = findRole(account?.roles ?? [], scope);
  if (role === undefined) {
    const gap = snapshot.coverage.find(
      (each) => (each.account ?? scope.account) === scope.account && isRoleRead(each.read),
    );
    if (account?.roles !== undefined && gap === undefined) return { notices: [], undecided: 0 };
    const reason =
      gap === undefined ? 'the roles of the account were not read' : `${gap.read}: ${gap.reason}`;
    return { notices: [blindNotice(evaluation, reason, hash)], undecided: 1 };
  }
  const { failures, undecided } = judge(buildEstate(snapshot), config);
  const findings = failures
    .filter(({ where }) => where.role === role.arn)
    .map((failure) => findingOf(failure, hash))
    .sort(compareFindings);
  return {
    notices: findings.map((finding) => findingNotice(evaluation, finding, hash)),
    undecided: undecided.filter(({ where }) => where.role === role.arn).length,
  };
}

/** The reads that a list of roles can come from. */
function isRoleRead(read: string): boolean {
  return /^(?:iam:(?:GetAccountAuthorizationDetails|ListRoles|GetRole)|sts:AssumeRole)$/.test(read);
}
