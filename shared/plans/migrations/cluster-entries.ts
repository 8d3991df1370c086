import { type Change, canonicalJson } from '../../changes/change.ts';
import type { ClusterView, Estate } from '../../estate/estate.ts';
import { isClusterWide, type PolicyGrant } from '../../identity/access/policies.ts';
import { isAutomaticUsername } from '../../identity/access/username.ts';
import { accessOf, type Way } from '../../identity/access/ways.ts';
import { isDead } from '../../rules/doors/ways-in.ts';
import type { PlanContext } from '../plan-context.ts';
import type { OldCluster } from './cluster.ts';
import { entryChanges, entryTarget, policyChange } from './entry-changes.ts';
import { type Migration, refusal, stepPlan } from './migration.ts';
import { lackingPolicies, UNFINISHED } from './unfinished-entry.ts';

const NOTHING: Migration = { plans: [], refused: [], waiting: [], done: [] };
/** Entries of one plan; each takes a change of its own and one for each policy. */
const MOST = 25;

/** Copies the entries of people and programs that let somebody in today; EKS makes those of nodes with the nodes. */
export function copiedEntries({ view, name }: OldCluster, to: ClusterView, context: PlanContext): Migration {
  if (view === null) return NOTHING;
  const target = `access entries of ${name}`;
  const missing = [view, to].map((one) => one.missing('accessEntries')).find((one) => one !== null);
  if (missing != null) return refusal(target, [`${missing.read}: ${missing.reason}`]);
  const own = accessOf(view).ways.filter(
    ({ surface, purpose, type, state }) =>
      surface === 'access-entry' && purpose === 'people' && type === 'STANDARD' && state === 'open',
  );
  const rows = accessOf(view).ways.filter(
    ({ surface, state }) => surface.startsWith('aws-auth') && state === 'open',
  ).length;
  const waiting =
    rows > 0
      ? [
          `${name} has ${rows} mappings in aws-auth, which are not copied: podtrust migrate access-entries first.`,
        ]
      : [];
  if (own.length === 0) return { ...NOTHING, waiting };
  if (to.cluster.authenticationMode === 'CONFIG_MAP' || to.cluster.authenticationMode === undefined)
    return {
      ...refusal(target, [
        `Cluster ${to.cluster.name} does not look at access entries, or its mode was not read.`,
      ]),
      waiting,
    };
  const judged = own.map((way) => ({ way, verdict: verdictOn(way, view, to, context) }));
  const changes = judged.flatMap(({ verdict }) => (Array.isArray(verdict) ? [verdict] : []));
  const steps = Array.from({ length: Math.ceil(changes.length / MOST) }, (_, index) =>
    stepPlan(
      `3-entries-${to.cluster.name}-${index + 1}`,
      {
        kind: 'draft',
        title: `Copy access entries of ${name} to cluster ${to.cluster.name}.`,
        wish: 'whoever ran podtrust migrate cluster',
        changes: changes.slice(index * MOST, (index + 1) * MOST).flat(),
        approval: changes
          .slice(index * MOST, (index + 1) * MOST)
          .some(([first]) => first?.kind === 'access-policy')
          ? [UNFINISHED]
          : [],
        notes: ['Groups count by the role bindings of the new cluster: make those there too.'],
      },
      context,
    ),
  );
  return {
    plans: steps.flatMap((step) => ('plan' in step ? [step] : [])),
    refused: [
      ...steps.flatMap((step) => ('plan' in step ? [] : [{ target, reasons: step.reasons }])),
      ...judged.flatMap(({ way, verdict }) =>
        typeof verdict === 'string'
          ? [{ target: `access entry of ${way.principal ?? ''} in ${name}`, reasons: [verdict] }]
          : [],
      ),
    ],
    waiting,
    done: judged.flatMap(({ way, verdict }) =>
      verdict === null ? [`${way.principal ?? ''} has its access entry in cluster ${to.cluster.name}.`] : [],
    ),
  };
}

/** The changes that copy an entry, why it is not copied, or null where it is there. */
function verdictOn(
  way: Way,
  view: ClusterView,
  to: ClusterView,
  { estate }: PlanContext,
): Change[] | string | null {
  const { entry, principal, username, groups, policies, who } = way;
  if (entry === undefined || principal === null || policies === null)
    return 'eks:DescribeAccessEntry: what it grants was not read.';
  if (isDead({ cluster: view, way }, estate))
    return 'It lets nobody in today: its principal is gone, or was made again since.';
  const own = username !== null && !isAutomaticUsername(username, who);
  const wanted = {
    principal,
    entry: { type: 'STANDARD', groups: [...(groups ?? [])].sort(), ...(own && { username }) },
    policies,
  };
  const present = accessOf(to).ways.find(
    ({ surface, principal: other }) =>
      surface === 'access-entry' && other?.toLowerCase() === principal.toLowerCase(),
  );
  if (present !== undefined) return verdictOnPresent(present, wanted, to, estate);
  const mapped = accessOf(to).ways.some(
    ({ surface, state, principal: other }) =>
      surface === 'aws-auth' && state === 'open' && other?.toLowerCase() === principal.toLowerCase(),
  );
  if (mapped)
    return `aws-auth of cluster ${to.cluster.name} maps it, and an entry would take the effect from that.`;
  return entryChanges(to, wanted);
}

/** What is there may be what a run that ended in between left: it gets the policies that it lacks. */
function verdictOnPresent(
  way: Way,
  wanted: Parameters<typeof entryChanges>[1],
  to: ClusterView,
  estate: Estate,
): Change[] | string | null {
  const lacking = isDead({ cluster: to, way }, estate) ? null : lackingPolicies(way, wanted);
  if (lacking !== null)
    return lacking.map((grant) => policyChange(entryTarget(to, way.principal ?? wanted.principal), grant));
  const { username } = wanted.entry;
  const has = (grant: PolicyGrant) =>
    way.policies?.some(
      (one) =>
        one.policyArn === grant.policyArn &&
        (isClusterWide(one) || canonicalJson(one) === canonicalJson(grant)),
    ) === true;
  const same =
    way.type === wanted.entry.type &&
    (username === undefined || way.username === username) &&
    wanted.policies.every(has) &&
    wanted.entry.groups.every((group) => way.groups?.includes(group) === true);
  return same ? null : `Cluster ${to.cluster.name} has an entry for it that gives less, or something else.`;
}
