import type { Config } from '../config/config.ts';
import type { Estate, RoleView } from '../estate/estate.ts';
import type { Doubt } from '../findings/doubt.ts';
import type { Finding } from '../findings/finding.ts';
import type { StoredFinding } from '../findings/stored.ts';
import type { TrustEffect } from '../findings/trust-effect.ts';
import { noWidenedTrust } from '../rules/evented/no-widened-trust.ts';
import { roleOfArn } from '../triggers/names.ts';
import type { Claims } from './claims.ts';
import type { History } from './history.ts';
import { blindness, findRole } from './judge-scope.ts';
import { type RoleScope, scopeKey } from './scope.ts';
import type { ScopeRequest } from './scope-request.ts';
import { type TrustState, trustAt, trustBefore, trustEffect } from './trust-effect.ts';
import { unjudgedTrust } from './unjudged-change.ts';
import { type WidenedTrustInput, widenedTrust } from './widened-trust.ts';

interface TrustChangesInput {
  readonly account: string;
  readonly requests: readonly ScopeRequest[];
  readonly estate: Estate;
  /** What the store has of the account. */
  readonly stored: readonly StoredFinding[];
  readonly config: Config;
  readonly hash: (text: string) => string;
  readonly history: History;
  readonly claims: Claims;
}

/** What edits of trust policies did, as far as it is known what they were before. */
export interface TrustChanges {
  readonly findings: readonly Finding[];
  readonly doubts: readonly Doubt[];
  readonly effectFor: (finding: Finding) => TrustEffect | undefined;
}

/**
 * Compares the trust policies that the account's requests say were written, and those that were widened before and are
 * not put back, with what they were. A role that cannot be read leaves a doubt; one that is gone admits nobody.
 */
export async function trustChanges(input: TrustChangesInput): Promise<TrustChanges> {
  const { account, estate, config, hash } = input;
  const open = openFindings(input.stored);
  const effects = new Map<string, TrustEffect>();
  const findings: Finding[] = [];
  const doubts: Doubt[] = [];
  for (const [key, { scope, written }] of rolesToCompare(input, open)) {
    const before: TrustState =
      written === null
        ? { kind: 'unknown', reason: 'nothing wrote the trust policy' }
        : await trustBefore(input, scope, written);
    const role = roleIn(estate, scope);
    if (written !== null) effects.set(key, trustEffect(before, stateOf(estate, scope, role)));
    const blind = blindness(estate.snapshot, scope) !== null;
    if (role === undefined && blind) doubts.push({ rule: noWidenedTrust.name, where: { account } });
    if (role === undefined || blind) continue;
    const compared = { role, stored: open.get(key) ?? null, config, estate, hash };
    const judged = widenedTrust({ ...compared, before });
    if (judged.findings.some(isOneServiceAccount) && (await isRestored(compared, before, scope, input)))
      continue;
    findings.push(...judged.findings);
    doubts.push(...judged.doubts);
  }
  return {
    findings,
    doubts,
    effectFor: ({ role = '' }) => {
      const scope = scopeOfRole(role);
      return scope === undefined ? undefined : effects.get(scopeKey(scope));
    },
  };
}

/** What a slip took away and its repair gives back: a ServiceAccount by name of a known cluster, and nobody else. */
const isOneServiceAccount = ({ evidence }: Finding): boolean => evidence['reach'] === 'known';

/** How far back a slip may lie that a change repairs, and how many kept readings are looked at. */
const RESTORES_WITHIN = 24 * 3_600_000;
const MOST_READINGS = 6;

/** Whether nobody gains against what was effective in an earlier reading of the last day. */
async function isRestored(
  compared: Omit<WidenedTrustInput, 'before'>,
  before: TrustState,
  scope: RoleScope,
  input: TrustChangesInput,
): Promise<boolean> {
  if (compared.stored !== null || before.kind !== 'known') return false;
  let after = before;
  for (let reading = 0; reading < MOST_READINGS; reading += 1) {
    const earlier = await trustAt(input, scope, after.readAt);
    if (earlier.kind !== 'known') return false;
    if (Date.parse(before.readAt) - Date.parse(earlier.readAt) > RESTORES_WITHIN) return false;
    const { findings, doubts } = widenedTrust({ ...compared, before: earlier });
    if (findings.length === 0 && doubts.length === 0) return true;
    after = earlier;
  }
  return false;
}

interface Compared {
  readonly scope: RoleScope;
  /** When the oldest of the asking events wrote the trust policy; null: none did. */
  readonly written: string | null;
}

function rolesToCompare(
  { account, requests, stored }: TrustChangesInput,
  open: ReadonlyMap<string, Finding>,
): ReadonlyMap<string, Compared> {
  const roles = new Map<string, Compared>();
  for (const { role = '' } of open.values()) {
    const scope = scopeOfRole(role);
    if (scope !== undefined) roles.set(scopeKey(scope), { scope, written: null });
  }
  // What could not be judged when it was written is compared as soon as it can be read.
  for (const { finding } of stored) {
    const unjudged = unjudgedTrust(finding);
    if (unjudged !== null) roles.set(scopeKey(unjudged.scope), unjudged);
  }
  for (const { scope, firstWrittenAt } of requests) {
    if (scope.kind !== 'role' || scope.account !== account) continue;
    const known = roles.get(scopeKey(scope))?.written ?? null;
    const written = [known, firstWrittenAt ?? null].filter((time) => time !== null).sort()[0];
    if (written !== undefined) roles.set(scopeKey(scope), { scope, written });
  }
  return roles;
}

function openFindings(stored: readonly StoredFinding[]): ReadonlyMap<string, Finding> {
  return new Map(
    stored.flatMap(({ finding }) => {
      const scope = scopeOfRole(finding.role ?? '');
      return finding.rule === noWidenedTrust.name && finding.status !== 'resolved' && scope !== undefined
        ? [[scopeKey(scope), finding] as const]
        : [];
    }),
  );
}

function scopeOfRole(arn: string): RoleScope | undefined {
  const role = roleOfArn(arn);
  return role === undefined ? undefined : { kind: 'role', account: role.account, role: role.roleName };
}

function roleIn(estate: Estate, scope: RoleScope): RoleView | undefined {
  const views = estate.accounts.get(scope.account)?.roles ?? [];
  const found = findRole(
    views.map(({ role }) => role),
    scope,
  );
  return views.find(({ role }) => role === found);
}

function stateOf({ snapshot }: Estate, scope: RoleScope, role: RoleView | undefined): TrustState {
  const readAt = snapshot.takenAt;
  if (role !== undefined) return { kind: 'known', document: role.role.trustPolicy, readAt };
  const blind = blindness(snapshot, scope);
  return blind === null ? { kind: 'absent', readAt } : { kind: 'unknown', reason: blind };
}
