import type { Change } from '../../changes/change.ts';
import type { ClusterView, Estate } from '../../estate/estate.ts';
import { awsAuthOf } from '../../identity/access/aws-auth.ts';
import { canonicalArn } from '../../identity/access/principal.ts';
import { accessOf, type Way } from '../../identity/access/ways.ts';
import { isDead } from '../../rules/doors/ways-in.ts';
import { draftAwsAuth } from '../drafts/aws-auth.ts';
import type { PlanContext } from '../plan-context.ts';
import { entryChanges, entryTarget, policyChange } from './entry-changes.ts';
import { joinedMigrations, type Migration, refusal, stepPlan } from './migration.ts';
import { type Representation, represent } from './represent.ts';
import { lackingPolicies, UNFINISHED } from './unfinished-entry.ts';

/** Which cluster is to know its users by access entries, and which of the steps that ask separately may be planned. */
export interface EntriesScope {
  readonly cluster: ClusterView;
  /** True where a change of the authentication mode may be planned, which nothing takes back. */
  readonly changeMode?: boolean;
  /** True for the last step: the rows of aws-auth go, and then aws-auth itself. */
  readonly finish?: boolean;
}

const WISH = 'whoever ran podtrust migrate access-entries';
const NOTHING: Migration = { plans: [], refused: [], waiting: [], done: [] };
/** Mappings of one plan: each takes two changes at most, and one for each policy. */
const MOST = 60;

/** A row of aws-auth, or an account of it, and the entry that would say the same. */
export interface Mapping {
  readonly way: Way;
  readonly as: Representation;
}

/** Every mapping of a cluster's aws-auth that counts, or would without an entry of the same principal. */
export function mappingsOf(cluster: ClusterView, estate: Estate): Mapping[] {
  return accessOf(cluster)
    .ways.filter(({ surface }) => surface === 'aws-auth' || surface === 'aws-auth-account')
    .map((way) => ({ way, as: represent(way, cluster, estate) }));
}

/**
 * From aws-auth to access entries: the mode, an entry for each mapping that lets somebody in today, and at last the rows.
 * No row goes before every mapping has an entry that works.
 */
export function migrateAccessEntries(scope: EntriesScope, context: PlanContext): Migration {
  const { cluster } = scope;
  const name = `cluster ${cluster.cluster.name}`;
  const mode = cluster.cluster.authenticationMode;
  const unread = accessOf(cluster).missing;
  if (unread.length > 0)
    return refusal(
      name,
      unread.map(({ read, reason }) => `${read}: ${reason}`),
    );
  if (mode === 'API')
    return { ...NOTHING, done: [`${name} has authentication mode API: it does not look at aws-auth.`] };
  const mappings = mappingsOf(cluster, context.estate);
  const named = inexpressible(mappings, cluster);
  if (mode === 'CONFIG_MAP') return joinedMigrations([modeStep(scope, mappings, context), named]);
  const open = mappings.filter(({ way, as }) => way.state === 'open' && as.kind === 'entry');
  const unfinished = unfinishedStep(cluster, mappings, context);
  if (open.length > 0) return joinedMigrations([unfinished, entriesStep(cluster, open, context), named]);
  if (unfinished.plans.length > 0) return joinedMigrations([unfinished, named]);
  return joinedMigrations([shownByEntries(scope, mappings, context), named]);
}

const placeOf = ({ way: { row, principal } }: Mapping, { cluster }: ClusterView): string =>
  `${row === undefined ? 'mapAccounts' : `${row.section} line ${row.line}`} of aws-auth in cluster ${cluster.name} (${principal ?? ''})`;

function inexpressible(mappings: readonly Mapping[], cluster: ClusterView): Migration {
  const refused = mappings.flatMap((mapping) =>
    mapping.way.state !== 'shadowed' && mapping.as.kind === 'inexpressible'
      ? [{ target: placeOf(mapping, cluster), reasons: [mapping.as.why] }]
      : [],
  );
  return { ...NOTHING, refused };
}

/** The mode comes first: before, EKS refuses to make entries. It asks by an option of its own. */
function modeStep(
  { cluster, changeMode }: EntriesScope,
  mappings: readonly Mapping[],
  context: PlanContext,
): Migration {
  const ready = mappings.filter(({ as }) => as.kind === 'entry').length;
  if (changeMode !== true)
    return {
      ...NOTHING,
      waiting: [
        `Cluster ${cluster.cluster.name} has authentication mode CONFIG_MAP. Entries need API_AND_CONFIG_MAP, and nothing takes that change back: --change-mode plans it. ${ready} of ${mappings.length} mappings can become entries then.`,
      ],
    };
  return modePlan(cluster, 'CONFIG_MAP', 'API_AND_CONFIG_MAP', context, [
    'aws-auth goes on to count. Whoever created the cluster was its hidden administrator: look whether EKS has made an entry of that (podtrust access).',
  ]);
}

function modePlan(
  cluster: ClusterView,
  before: 'CONFIG_MAP' | 'API_AND_CONFIG_MAP',
  after: 'API_AND_CONFIG_MAP' | 'API',
  context: PlanContext,
  notes: readonly string[],
): Migration {
  const { account, region, cluster: of } = cluster;
  const target = { account: account.id, region, cluster: of.name };
  const step = stepPlan(
    `mode-${after}-${of.name}`,
    {
      kind: 'draft',
      title: `Change the authentication mode of cluster ${of.name} from ${before} to ${after}, for ever.`,
      wish: WISH,
      changes: [{ kind: 'authentication-mode', target, before, after }],
      approval: ['Nothing takes the change of an authentication mode back.'],
      notes,
      isMeant: () => false,
    },
    context,
  );
  return 'plan' in step ? { ...NOTHING, plans: [step] } : refusal(`cluster ${of.name}`, step.reasons);
}

function entriesStep(cluster: ClusterView, open: readonly Mapping[], context: PlanContext): Migration {
  const { name } = cluster.cluster;
  const parts = Array.from({ length: Math.ceil(open.length / MOST) }, (_, index) =>
    open.slice(index * MOST, (index + 1) * MOST),
  );
  const steps = parts.map((part, index) => {
    const changes = part.flatMap(({ as }): Change[] =>
      as.kind === 'entry' ? entryChanges(cluster, as) : [],
    );
    return stepPlan(
      `entries-${name}-${index + 1}`,
      {
        kind: 'draft',
        title: `Create access entries in cluster ${name} for ${part.length} mappings of aws-auth, whose rows stay.`,
        wish: `${WISH}: aws-auth gives them the same today, and whoever may edit it wrote that`,
        changes,
        notes: [
          'An entry takes the effect from its row at once. Between an entry and its policy the principal has no rights, for a second or two.',
          'EKS gives nodes with an entry the group system:nodes, and not system:bootstrappers, which nodes with IAM credentials do not use.',
        ],
      },
      context,
    );
  });
  return {
    plans: steps.flatMap((step) => ('plan' in step ? [step] : [])),
    refused: steps.flatMap((step) =>
      'plan' in step ? [] : [{ target: `cluster ${name}`, reasons: step.reasons }],
    ),
    waiting: ['Afterwards let each principal sign in, look at podtrust access, then run this with --finish.'],
    done: [],
  };
}

/** Entries that a run which ended in between left without their policies: their principals are kept out until then. */
function unfinishedStep(cluster: ClusterView, mappings: readonly Mapping[], context: PlanContext): Migration {
  const { name } = cluster.cluster;
  const changes = mappings.flatMap((mapping): Change[] => {
    if (mapping.way.state !== 'shadowed' || mapping.as.kind !== 'entry') return [];
    const { as } = mapping;
    const entry = entryOf(mapping, cluster);
    if (entry === undefined || isDead({ cluster, way: entry }, context.estate)) return [];
    const target = entryTarget(cluster, entry.principal ?? as.principal);
    return (lackingPolicies(entry, as) ?? []).map((grant) => policyChange(target, grant));
  });
  if (changes.length === 0) return NOTHING;
  const step = stepPlan(
    `entries-${name}-unfinished`,
    {
      kind: 'draft',
      title: `Give access entries in cluster ${name} the policies that their rows of aws-auth stand for.`,
      wish: `${WISH}: the rows gave them the same until their entries were made`,
      changes,
      approval: [UNFINISHED],
    },
    context,
  );
  return 'plan' in step ? { ...NOTHING, plans: [step] } : refusal(`cluster ${name}`, step.reasons);
}

/** The entry that takes the effect from a mapping. */
function entryOf({ way }: Mapping, cluster: ClusterView): Way | undefined {
  const key = way.principal?.toLowerCase();
  return accessOf(cluster).ways.find(
    ({ surface, who }) =>
      surface === 'access-entry' && who !== null && canonicalArn(who).toLowerCase() === key,
  );
}

/** Every mapping has its entry, or is named: the rows can go where all of them say the same and work. */
function shownByEntries(scope: EntriesScope, mappings: readonly Mapping[], context: PlanContext): Migration {
  const { cluster, finish } = scope;
  const { name } = cluster.cluster;
  const problems = mappings.flatMap((mapping) => {
    const why = whyNotRepresented(mapping, cluster, context.estate);
    return why === null ? [] : [{ target: placeOf(mapping, cluster), reasons: [why] }];
  });
  const others = mappings.filter(({ way, as }) => way.state === 'open' && as.kind === 'inexpressible').length;
  const rows = awsAuthOf(cluster).rows.filter(({ arn }) => arn !== '');
  const shadowed = mappings.filter(({ way }) => way.state === 'shadowed').length;
  const done = [`${shadowed} mappings of aws-auth in cluster ${name} have an access entry.`];
  if (problems.length > 0) return { ...NOTHING, refused: problems, done };
  if (others > 0)
    return {
      ...NOTHING,
      waiting: [`The rows of aws-auth in cluster ${name} stay: ${others} mappings cannot become entries.`],
      done,
    };
  if (rows.length === 0) return endOfAwsAuth(scope, context);
  if (finish !== true)
    return {
      ...NOTHING,
      waiting: [`--finish plans the removal of ${rows.length} rows of aws-auth in cluster ${name}.`],
      done,
    };
  const draft = draftAwsAuth(
    cluster,
    rows.map(({ section, index }) => ({ kind: 'remove-row', section, row: index })),
    {
      title: `Remove ${rows.length} rows of aws-auth in cluster ${name}, whose principals have access entries.`,
      wish: 'nobody: the entries come before the rows',
      else: 'remove the rows by hand.',
      notes: ['Where a tool or GitOps writes aws-auth, take the rows out there too.'],
    },
  );
  const step =
    draft.kind === 'declined'
      ? draft
      : stepPlan(`finish-aws-auth-${name}`, { ...draft, takesAway: true }, context);
  return 'plan' in step
    ? { ...NOTHING, plans: [step], done }
    : refusal(`aws-auth of cluster ${name}`, step.reasons);
}

/** Why a mapping is not yet, or not rightly, said by an entry; null where it is, and where nobody gets in by it. */
function whyNotRepresented(mapping: Mapping, cluster: ClusterView, estate: Estate): string | null {
  const { way, as } = mapping;
  if (way.state !== 'shadowed') return null;
  const entry = entryOf(mapping, cluster);
  if (entry === undefined) return 'Its access entry was not found again.';
  if (isDead({ cluster, way: entry }, estate))
    return 'Its access entry was made for another principal of the same ARN, or for one that is gone, and lets nobody in (no-tombstoned-access-entry).';
  if (as.kind === 'nobody') return null;
  if (as.kind === 'inexpressible')
    return `An entry says something else than the row, which no entry can say: ${as.why} Remove the row by hand where the entry is right.`;
  return says(entry, as)
    ? null
    : 'Its access entry gives other rights or another username than the row: make them agree, or remove the row by hand where the entry is right.';
}

function says(entry: Way, { entry: wanted, policies }: Extract<Representation, { kind: 'entry' }>): boolean {
  if (entry.type !== wanted.type) return false;
  if (wanted.type !== 'STANDARD') return true;
  const groups = new Set(entry.groups ?? []);
  const named = wanted.username === undefined || entry.username === wanted.username;
  const granted = policies.every(({ policyArn, scope }) =>
    (entry.policies ?? []).some((one) => one.policyArn === policyArn && one.scope.type === scope.type),
  );
  return named && granted && wanted.groups.every((group) => groups.has(group));
}

/** aws-auth maps nobody: the cluster can do without it, which nothing takes back either. */
function endOfAwsAuth({ cluster, changeMode, finish }: EntriesScope, context: PlanContext): Migration {
  const { name } = cluster.cluster;
  const done = [`aws-auth of cluster ${name} maps nobody.`];
  if (finish !== true) return { ...NOTHING, done };
  if (changeMode !== true)
    return {
      ...NOTHING,
      waiting: [
        `--finish --change-mode plans authentication mode API for cluster ${name}, which nothing takes back.`,
      ],
      done,
    };
  return { ...modePlan(cluster, 'API_AND_CONFIG_MAP', 'API', context, []), done };
}
