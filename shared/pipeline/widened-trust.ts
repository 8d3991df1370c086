import type { Config } from '../config/config.ts';
import type { Estate, RoleView } from '../estate/estate.ts';
import type { Doubt } from '../findings/doubt.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import { admitted } from '../iam/admitted.ts';
import type { Admitted } from '../iam/admitted-types.ts';
import { compareAdmitted, type Limits, type Witness } from '../iam/compare.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { Policy } from '../iam/policy.ts';
import type { Grade } from '../iam/privileges.ts';
import { noWidenedTrust } from '../rules/evented/no-widened-trust.ts';
import { roleWhere } from '../rules/places.ts';
import { leadsTo, privilegeFacts, weighted } from '../rules/weight.ts';
import { declaredGrants } from './declared-trust.ts';
import { type TrustState, words } from './trust-effect.ts';
import { type PieceReach, piecesOf, widest } from './trust-pieces.ts';

export interface WidenedTrustInput {
  readonly role: RoleView;
  /** The trust policy before the change; ignored while a finding is open, which keeps its own. */
  readonly before: TrustState;
  /** The finding of this rule that is stored for the role and not resolved. */
  readonly stored: Finding | null;
  readonly config: Config;
  readonly estate: Estate;
  readonly hash: (text: string) => string;
}

export interface WidenedTrust {
  readonly findings: readonly Finding[];
  readonly doubts: readonly Doubt[];
}

const NOBODY: WidenedTrust = { findings: [], doubts: [] };
/** Trust policies have at most 8,192 characters, and in JSON with every one escaped six times that. */
const LONGEST_BASELINE = 50_000;
const MOST_GAINED = 10;
/** For each part of a policy: less than a whole comparison takes, for there are many. */
const PIECE_LIMITS: Limits = { steps: 60_000, nodes: 10_000 };

/**
 * Whether a role's live trust policy admits anybody that its baseline did not: the policy before the change, or the one
 * that an open finding keeps. What cannot be compared for certain is a doubt, never a pass. Never throws.
 */
export function widenedTrust(input: WidenedTrustInput): WidenedTrust {
  const { role, stored } = input;
  const baseline = stored === null ? input.before : baselineOf(stored);
  const doubt = { findings: [], doubts: [{ rule: noWidenedTrust.name, where: roleWhere(role) }] };
  if (baseline.kind === 'absent') return NOBODY;
  if (baseline.kind === 'unknown' || baseline.document.length > LONGEST_BASELINE) return doubt;
  const old = parsePolicy(baseline.document, 'trust').policy;
  const live = role.trust().policy;
  if (old === null || live === null) return doubt;
  const was = admitted(old);
  const allowed: Admitted = {
    ...was,
    grants: [...was.grants, ...declaredGrants(role, input.config, input.estate)],
  };
  const result = compareAdmitted(allowed, admitted(live));
  // A subject that no ServiceAccount can have lets nobody in: other rules tell of the slip.
  if ('gained' in result && result.gained?.lifelike === false) return NOBODY;
  if ('gained' in result && result.gained !== undefined) {
    const gained = gainedParts(allowed, live, result.gained, input.estate);
    return { findings: [findingOf(input, baseline, gained)], doubts: [] };
  }
  return result.relation === 'undecided' || result.relation === 'too-complex' ? doubt : NOBODY;
}

function baselineOf({ evidence }: Finding): TrustState {
  const { baseline, baselineReadAt } = evidence;
  if (typeof baseline !== 'string' || typeof baselineReadAt !== 'string')
    return { kind: 'unknown', reason: 'the finding does not hold its baseline' };
  return { kind: 'known', document: baseline, readAt: baselineReadAt };
}

interface Gained {
  readonly texts: readonly string[];
  readonly reach: PieceReach;
}

/** Which parts of the live policy admit somebody new, and how far they reach; a part that is not decided counts. */
function gainedParts(allowed: Admitted, live: Policy, first: Witness, estate: Estate): Gained {
  const texts: string[] = [];
  const reaches: PieceReach[] = [];
  for (const { policy, reach } of piecesOf(live, estate)) {
    const result = compareAdmitted(allowed, admitted(policy), PIECE_LIMITS);
    const gained = 'gained' in result ? result.gained : undefined;
    if (gained !== undefined) texts.push(words(gained));
    if (gained !== undefined || result.relation === 'undecided' || result.relation === 'too-complex')
      reaches.push(reach);
  }
  const distinct = [...new Set(texts.length === 0 ? [words(first)] : texts)].sort();
  return { texts: distinct.slice(0, MOST_GAINED), reach: widest(reaches) };
}

function findingOf(
  { role, hash }: WidenedTrustInput,
  baseline: Extract<TrustState, { kind: 'known' }>,
  { texts, reach }: Gained,
): Finding {
  const { number, name, kind, title, remedy } = noWidenedTrust;
  const where = roleWhere(role);
  const { privileges, privilegesNotRead = [] } = privilegeFacts(role);
  return {
    fingerprint: fingerprint(name, where, [], hash),
    rule: name,
    number,
    kind,
    severity: severityOf(reach, privileges),
    status: 'open',
    ...where,
    title,
    detail: `The trust policy of ${role.name} admits more than on ${baseline.readAt}: ${texts[0] ?? ''}; ${leadsTo(privileges)}.`,
    evidence: {
      gained: [...texts],
      reach,
      baseline: baseline.document,
      baselineReadAt: baseline.readAt,
      privileges,
      ...(privilegesNotRead.length > 0 && { privilegesNotRead: privilegesNotRead.slice(0, 50) }),
    },
    consequences: [],
    remedy,
  };
}

/** A ServiceAccount by name in a cluster of the estate is what most edits add: told, and no alarm. */
function severityOf(reach: PieceReach, grade: Grade): Severity {
  if (reach !== 'known') return weighted(reach, grade);
  return grade === 'admin' || grade === 'escalation' ? 'medium' : 'low';
}
