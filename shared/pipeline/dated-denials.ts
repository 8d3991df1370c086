import type {
  Account,
  Observed,
  PodIdentityDenial,
  RefusedCall,
  Snapshot,
  WebIdentityDenial,
} from '../estate/snapshot.ts';
import { isRelevant } from '../rules/observed/recency.ts';
import { eventReaders } from '../triggers/events/index.ts';
import { roleOfArn } from '../triggers/names.ts';
import type { Claims } from './claims.ts';
import { LostClaimError } from './errors.ts';
import type { History } from './history.ts';
import { readSnapshot } from './read-claims.ts';
import { type RoleScope, scopeKey } from './scope.ts';
import type { ScopeRequest } from './scope-request.ts';

interface Past {
  readonly history: Pick<History, 'before'>;
  readonly claims: Claims;
  readonly requests: readonly ScopeRequest[];
}

type Denial = WebIdentityDenial | PodIdentityDenial | RefusedCall;

/** A kept reading of an account. */
interface Reading {
  readonly takenAt: string;
  readonly account: Account;
}

const MINUTE = 60_000;
/**
 * How long before this reading the older ones are that it is compared with: the last one, one from before a refusal of
 * now had to settle, and one from before every refusal that still counts. Three at most, however many refusals there are.
 */
const AGES = [0, 30 * MINUTE, (24 * 60 + 10) * MINUTE];

/**
 * The snapshot with, at each refusal, between which times what it hangs on was last changed, as far as kept readings of
 * the account and the asking events tell. What was not read at one of them dates nothing.
 */
export async function datedDenials(snapshot: Snapshot, past: Past): Promise<Snapshot> {
  const accounts = await Promise.all(
    snapshot.accounts.map(async (account): Promise<Account> => {
      const { observed } = account;
      if (
        observed === undefined ||
        !refusals(observed).some(({ last }) => isRelevant(last, snapshot.takenAt))
      )
        return account;
      const readings = await olderReadings(account.id, snapshot.takenAt, past);
      return { ...account, observed: dated(observed, account, readings, past) };
    }),
  );
  return { ...snapshot, accounts };
}

/** Newest first. One that cannot be read ends the list: what came before it is not compared across it. */
async function olderReadings(
  id: string,
  takenAt: string,
  { history, claims }: Past,
): Promise<readonly Reading[]> {
  const readings: Reading[] = [];
  for (const age of AGES) {
    const kept = await history.before(id, new Date(Date.parse(takenAt) - age).toISOString());
    if (kept === null) break;
    if (readings.some((known) => known.takenAt === kept.takenAt)) continue;
    try {
      const { accounts } = await readSnapshot(claims, kept.key);
      const account = accounts.find((one) => one.id === id);
      if (account === undefined) break;
      readings.push({ takenAt: kept.takenAt, account });
    } catch (error) {
      if (error instanceof LostClaimError) break;
      throw error;
    }
  }
  return readings;
}

function refusals({ denials, accessDenied }: Observed): readonly Denial[] {
  return [...(denials?.webIdentity ?? []), ...(denials?.podIdentity ?? []), ...(accessDenied?.calls ?? [])];
}

function dated(
  observed: Observed,
  account: Account,
  readings: readonly Reading[],
  { requests }: Past,
): Observed {
  const { denials, accessDenied } = observed;
  const date = <D extends Denial>(denial: D, hangsOn: (account: Account) => string | null): D => {
    const changed = changeOf(hangsOn, account, readings, () => newestWrite(denial, account, requests));
    return changed === undefined ? denial : { ...denial, changed };
  };
  return {
    ...observed,
    ...(denials !== undefined && {
      denials: {
        ...denials,
        webIdentity: denials.webIdentity.map((denial) => date(denial, (of) => webMatters(of, denial.role))),
        podIdentity: denials.podIdentity.map((denial) => date(denial, (of) => podMatters(of, denial))),
      },
    }),
    ...(accessDenied !== undefined && {
      accessDenied: {
        ...accessDenied,
        calls: accessDenied.calls.map((call) => date(call, (of) => callMatters(of, call.role))),
      },
    }),
  };
}

function changeOf(
  hangsOn: (account: Account) => string | null,
  account: Account,
  readings: readonly Reading[],
  newest: () => string | undefined,
): Denial['changed'] {
  const now = hangsOn(account);
  if (now === null) return undefined;
  let before: string | undefined;
  for (const { takenAt, account: then } of readings) {
    const was = hangsOn(then);
    if (was === null) break;
    if (was === now) {
      before = takenAt;
      continue;
    }
    // The asking event is what changed it when it came after the last reading that differs, and no other one is between.
    const written = before === undefined ? newest() : undefined;
    const after = written !== undefined && Date.parse(written) > Date.parse(takenAt) ? written : takenAt;
    return { after, ...(before === undefined ? {} : { before }) };
  }
  return before === undefined ? undefined : { before };
}

/** When the newest asking event wrote what a refusal hangs on; undefined: none did. */
function newestWrite(
  denial: Denial,
  account: Account,
  requests: readonly ScopeRequest[],
): string | undefined {
  const times = requests.flatMap((request): readonly (string | undefined)[] => {
    const { scope, causes, writtenAt, madeAt } = request;
    if (scope.account !== account.id) return [];
    if ('call' in denial) return writesOfPolicies(denial.role, account, request);
    if (scope.kind === 'role' && 'role' in denial)
      return isRole(scope, denial.role) ? [writtenAt, madeAt] : [];
    const isOfIt =
      (scope.kind === 'issuer' && 'role' in denial && scope.issuer === denial.issuer) ||
      (scope.kind === 'cluster' &&
        'cluster' in denial &&
        scope.cluster === denial.cluster &&
        scope.region === denial.region);
    return isOfIt ? causes.filter(({ service }) => !OF_SESSIONS.has(service)).map(({ time }) => time) : [];
  });
  return times
    .filter((time) => time !== undefined)
    .sort((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
}

function isRole(scope: RoleScope, arn: string): boolean {
  const role = roleOfArn(arn);
  return (
    role !== undefined &&
    scopeKey({ kind: 'role', account: scope.account, role: role.roleName }) === scopeKey(scope)
  );
}

/** When a role's policies were written. Calls of its own sessions are left out: among them are the refused ones. */
function writesOfPolicies(
  role: string,
  account: Account,
  { scope, causes }: ScopeRequest,
): readonly string[] {
  const isOfIt =
    (scope.kind === 'role' && isRole(scope, role)) ||
    (scope.kind === 'policy' && policiesOf(account, role).has(scope.policy));
  if (!isOfIt) return [];
  return causes
    .filter(({ service, eventName, actor }) => actor.arn !== role && WRITES.has(`${service} ${eventName}`))
    .map(({ time }) => time);
}

const WRITES: ReadonlySet<string> = new Set(
  eventReaders.flatMap(({ records, service, name }) =>
    records === 'change' && name !== 'UpdateAssumeRolePolicy' ? [`${service} ${name}`] : [],
  ),
);

/** Managed policies of a role, and its boundary. */
function policiesOf({ roles }: Account, arn: string): ReadonlySet<string> {
  const role = roles?.find((one) => one.arn === arn);
  const boundary = role?.permissionsBoundary;
  return new Set([...(role?.attachedPolicies ?? []), ...(boundary === undefined ? [] : [boundary])]);
}

/** Services whose events are refusals themselves. */
const OF_SESSIONS: ReadonlySet<string> = new Set(['sts.amazonaws.com', 'eks-auth.amazonaws.com']);

/** What a refusal by a web identity hangs on, and more: taking too much for it dates a change later than it was. Null: not read. */
function webMatters({ roles, oidcProviders }: Account, arn: string): string | null {
  if (roles === undefined || oidcProviders === undefined) return null;
  const role = roles.find((one) => one.arn === arn);
  const providers = oidcProviders.map(({ arn: of, url, clientIds, created }) => [
    of,
    url,
    clientIds,
    created,
  ]);
  return JSON.stringify([role?.id, role?.created, role?.trustPolicy, providers]);
}

/** What a refused call hangs on, of what is read: the role's policies, its boundary, and tags that conditions may ask for. */
function callMatters(account: Account, arn: string): string | null {
  const role = account.roles?.find((one) => one.arn === arn);
  if (account.roles === undefined || account.policies === undefined) return null;
  if (role === undefined) return JSON.stringify(null);
  if (role.attachedPolicies === undefined || role.inlinePolicies === undefined) return null;
  const { id, created, attachedPolicies, inlinePolicies, permissionsBoundary, tags } = role;
  const named = policiesOf(account, arn);
  const policies = account.policies.filter((policy) => named.has(policy.arn));
  // A document that one reading has and another has not is no change.
  if (policies.length < named.size) return null;
  return JSON.stringify([id, created, attachedPolicies, inlinePolicies, permissionsBoundary, tags, policies]);
}

/** The same for Pod Identity: the cluster with its associations and add-ons, and every role that they name. */
function podMatters(account: Account, { region, cluster: name }: PodIdentityDenial): string | null {
  const clusters = account.regions?.find((one) => one.name === region)?.clusters;
  const cluster = clusters?.find((one) => one.name === name);
  const associations = cluster?.podIdentityAssociations;
  if (account.roles === undefined || cluster === undefined || associations === undefined) return null;
  const { addons, nodegroups, fargateProfiles, autoMode, created } = cluster;
  const text = JSON.stringify([created, autoMode, associations, addons, nodegroups, fargateProfiles]);
  const named = associations.flatMap(({ roleArn, targetRoleArn }) => [roleArn, targetRoleArn]);
  const elsewhere = named.some((arn) => arn !== undefined && roleOfArn(arn)?.account !== account.id);
  if (elsewhere) return null;
  const roles = account.roles.filter(({ arn }) => text.includes(JSON.stringify(arn)));
  const attached = new Set(roles.flatMap(({ attachedPolicies = [] }) => attachedPolicies));
  const policies = account.policies?.filter(({ arn }) => attached.has(arn));
  const states = roles.map(({ lastUsed: _used, tags: _tags, ...role }) => role);
  return JSON.stringify([text, states, policies]);
}
