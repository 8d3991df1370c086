import { issuerKey, parseProviderArn } from '../identity/issuer.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type Cause, causeOf, type FoundCause } from './cause.ts';
import type { Finding } from './finding.ts';
import { ownRoleName } from './scope.ts';

/** Which events tell of a change behind a finding. */
interface CauseSearch {
  readonly account: string;
  /** null: the region in which the partition's IAM records its events. */
  readonly region: string | null;
  readonly eventNames: readonly string[];
  readonly matches: (trigger: Trigger) => boolean;
}

const TRUST = ['UpdateAssumeRolePolicy', 'CreateRole'];
const PERMISSIONS = [
  'AttachRolePolicy',
  'DetachRolePolicy',
  'PutRolePolicy',
  'DeleteRolePolicy',
  'PutRolePermissionsBoundary',
  'DeleteRolePermissionsBoundary',
];
/** Rules that what a role may do decides, rather than who gets in. */
const ABOUT_PERMISSIONS: ReadonlySet<string> = new Set(['no-admin-pod-role', 'no-missing-permission']);
const PROVIDER = [
  'CreateOpenIDConnectProvider',
  'DeleteOpenIDConnectProvider',
  'AddClientIDToOpenIDConnectProvider',
  'RemoveClientIDFromOpenIDConnectProvider',
];
const ASSOCIATION = [
  'CreatePodIdentityAssociation',
  'UpdatePodIdentityAssociation',
  'DeletePodIdentityAssociation',
];
const CLUSTER = ['UpdateClusterConfig', 'CreateCluster'];

/** Where the last change behind a finding is looked for: at its association, role, provider or cluster. */
function causeSearches(finding: Finding): readonly CauseSearch[] {
  const { account, region, cluster, namespace, serviceAccount, principal } = finding;
  const searches: CauseSearch[] = [];
  const role = ownRoleName(finding);
  if (role !== null) {
    const permissions = ABOUT_PERMISSIONS.has(finding.rule);
    searches.push({
      account,
      region: null,
      eventNames: permissions ? [...PERMISSIONS, 'CreateRole'] : TRUST,
      matches: (trigger) => trigger.kind === 'role' && trigger.roleName.toLowerCase() === role,
    });
  }
  const issuer = principal === undefined ? undefined : parseProviderArn(principal)?.issuer.key;
  if (issuer !== undefined) {
    searches.push({
      account,
      region: null,
      eventNames: PROVIDER,
      matches: (trigger) => trigger.kind === 'provider' && issuerKey(trigger.issuer) === issuer,
    });
  }
  if (region === undefined || cluster === undefined) return searches;
  const named = namespace !== undefined && serviceAccount !== undefined;
  if (named) {
    searches.push({
      account,
      region,
      eventNames: ASSOCIATION,
      matches: (trigger) =>
        trigger.kind === 'association' &&
        trigger.clusterName === cluster &&
        (trigger.namespace ?? namespace) === namespace &&
        (trigger.serviceAccount ?? serviceAccount) === serviceAccount,
    });
  } else if (role === null) {
    searches.push({
      account,
      region,
      eventNames: CLUSTER,
      matches: (trigger) => trigger.kind === 'cluster' && trigger.clusterName === cluster,
    });
  }
  return searches;
}

/** The last change among events that a search found: the newest that succeeded before the finding was read. */
function lastChange(
  triggers: readonly Trigger[],
  { account, matches }: Pick<CauseSearch, 'account' | 'matches'>,
  readAt: string,
): Cause | null {
  const limit = Date.parse(readAt);
  const [newest] = triggers
    .filter((trigger) => trigger.account === account && trigger.failure === undefined && matches(trigger))
    .filter(({ event }) => Date.parse(event.time) <= limit)
    .sort((a, b) => Date.parse(b.event.time) - Date.parse(a.event.time));
  return newest === undefined ? null : causeOf(newest);
}

/** Looks for events of one name in one region of an account, newest first; `gap`: why some may be missing. */
export type LookUp = (query: {
  readonly account: string;
  readonly region: string;
  readonly eventName: string;
}) => Promise<{ readonly triggers: readonly Trigger[]; readonly gap?: string }>;

/**
 * The last change behind a finding, of the last 90 days. With a gap, a later one may be missing, and that nothing was
 * found says nothing.
 */
export async function findCause(
  finding: Finding,
  readAt: string,
  iamRegion: string,
  lookUp: LookUp,
): Promise<FoundCause> {
  const searches = causeSearches(finding);
  if (searches.length === 0) return { outcome: 'not-looked-up', reason: 'no event tells of its place' };
  const causes: Cause[] = [];
  let gap: string | undefined;
  for (const search of searches) {
    for (const eventName of search.eventNames) {
      const region = search.region ?? iamRegion;
      const found = await lookUp({ account: search.account, region, eventName });
      const cause = lastChange(found.triggers, search, readAt);
      if (cause !== null) causes.push(cause);
      // Newest first: what a gap hides is older than what was found of this name.
      else gap ??= found.gap;
    }
  }
  const [last] = causes.sort((a, b) => Date.parse(b.time) - Date.parse(a.time));
  if (last !== undefined) return { outcome: 'found', change: last, ...(gap !== undefined && { gap }) };
  return gap === undefined ? { outcome: 'none' } : { outcome: 'not-looked-up', reason: gap };
}
