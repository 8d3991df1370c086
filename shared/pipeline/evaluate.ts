import { findingOf } from '../audit/audit.ts';
import { compareFindings } from '../audit/order.ts';
import type { Config } from '../config/config.ts';
import { buildEstate } from '../estate/build-estate.ts';
import { parseSnapshot } from '../estate/parse-snapshot.ts';
import type { Snapshot } from '../estate/snapshot.ts';
import { judge } from '../rules/judge.ts';
import { type Claims, claimKey } from './claims.ts';
import { LostClaimError } from './errors.ts';
import type { Evaluation } from './evaluation.ts';
import { belongsTo, blindness } from './judge-scope.ts';
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
 * Judges the scope in the snapshot that `collect` kept, and keeps what there is to tell. What is gone has no findings;
 * what could not be read gives a notice that says so, since silence would read as a pass.
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
  const blind = blindness(snapshot, scope);
  if (blind !== null) return { notices: [blindNotice(evaluation, blind, hash)], undecided: 1 };
  const estate = buildEstate(snapshot);
  const belongs = belongsTo(scope, estate);
  const { failures, undecided } = judge(estate, config);
  const findings = failures
    .filter(belongs)
    .map((failure) => findingOf(failure, hash))
    .sort(compareFindings);
  return {
    notices: findings.map((finding) => findingNotice(evaluation, finding, hash)),
    undecided: undecided.filter(belongs).length,
  };
}
