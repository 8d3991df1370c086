import type { Change } from '../../changes/change.ts';
import { buildEstate } from '../../estate/build-estate.ts';
import type { AccountView, ClusterView, RoleView } from '../../estate/estate.ts';
import { providerArnFor } from '../../identity/issuer.ts';
import { agentStep } from '../../identity/pod-identity-runtime.ts';
import { editPolicy } from '../../identity/policy-edit.ts';
import { STS_AUDIENCE } from '../../identity/service-account.ts';
import { type WebDoor, webDoors } from '../../rules/doors/web-door.ts';
import { applyToSnapshot } from '../apply-to-snapshot.ts';
import { type Declined, declined } from '../draft.ts';
import { draftAgent } from '../drafts/agent.ts';
import { draftProvider } from '../drafts/provider.ts';
import type { PlanContext } from '../plan-context.ts';
import { trustChange } from '../trust/edit-trust.ts';
import { type Copied, copiedAssociations } from './cluster-associations.ts';
import { copiedEntries } from './cluster-entries.ts';
import { endOfOld } from './cluster-finish.ts';
import { type IssuerPlace, issuerCopies } from './issuer-copy.ts';
import { joinedMigrations, type Migration, type NamedPlan, refusal, stepPlan } from './migration.ts';
import { podTrust } from './pod-trust.ts';

/** The cluster that is replaced: `view` is null where it is gone, and its issuer is all that is known. */
export interface OldCluster {
  readonly name: string;
  readonly issuerKey: string;
  readonly view: ClusterView | null;
}

/** A cluster that takes the place of another. */
export interface ClusterScope {
  readonly from: OldCluster;
  readonly to: ClusterView;
  /** True for the last step: what lets the old one in is taken away. */
  readonly finish?: boolean;
}

const NOTHING: Migration = { plans: [], refused: [], waiting: [], done: [] };
/** What every account has at least (IAM quotas: OpenID Connect providers per account). */
const DEFAULT_PROVIDERS = 100;

/** A new cluster beside an old one: in each trust policy that names its issuer, with its associations and its entries. */
export function migrateClusters(scope: ClusterScope, context: PlanContext): Migration {
  const { from, to, finish } = scope;
  if (to.issuerKey === null) return refusal(`cluster ${to.cluster.name}`, ['Its issuer is not known.']);
  if (to.issuerKey === from.issuerKey)
    return refusal(`cluster ${to.cluster.name}`, ['Both have the same issuer.']);
  const copied = copiedAssociations(from, to, context.estate);
  const beside = joinedMigrations([
    rolesBeside(scope, to.issuerKey, copied, context),
    { ...NOTHING, refused: copied.refused, done: copied.done },
    copiedEntries(from, to, context),
  ]);
  if (finish !== true || beside.plans.length > 0) return beside;
  return joinedMigrations([beside, endOfOld(scope, to.issuerKey, context)]);
}

/** The places of both issuers in the account of a role. */
export function placesIn(
  { partition, id }: AccountView,
  from: OldCluster,
  issuerKey: string,
): { old: IssuerPlace; fresh: IssuerPlace } {
  return {
    old: { issuerKey: from.issuerKey, providerArn: providerArnFor(partition, id, from.issuerKey) },
    fresh: { issuerKey, providerArn: providerArnFor(partition, id, issuerKey) },
  };
}

/** The roles whose trust policies let the old issuer in today: without its provider nobody comes by it. */
export function oldDoors({ from }: ClusterScope, { estate }: PlanContext): WebDoor[] {
  return estate.roles.flatMap((role) =>
    webDoors(role, estate).filter(({ issuer }) => issuer.key === from.issuerKey),
  );
}

function rolesBeside(
  scope: ClusterScope,
  issuerKey: string,
  copied: Copied,
  context: PlanContext,
): Migration {
  const doors = oldDoors(scope, context);
  const open = doors.filter(({ provider }) => provider !== null);
  const shut = doors.filter(({ provider }) => provider === null);
  const byAccount = Map.groupBy(open, ({ role }) => role.account);
  const providers = [...byAccount].map(([account, own]) => providerStep(account, own, scope, context));
  const ready = new Set(providers.filter(({ kind }) => kind === 'ready').map(({ account }) => account));
  const early = new Set(open.map(({ role }) => role).filter(({ account }) => !ready.has(account)));
  const agent = agentFirst(scope, copied, context);
  const roles = new Set([
    ...open.filter(({ role }) => ready.has(role.account)).map(({ role }) => role),
    ...(agent === null ? copied.byRole.keys() : []),
  ]);
  const steps = [...roles]
    .filter((role) => !early.has(role))
    .map((role) => ({
      role,
      step: roleStep(role, scope, issuerKey, agent === null ? copied : null, context),
    }));
  return joinedMigrations([
    ...providers.flatMap((one) => (one.kind === 'step' ? [one.migration] : [])),
    ...(agent === null ? [] : [agent]),
    {
      ...NOTHING,
      plans: steps.flatMap(({ step }) => (step !== null && 'plan' in step ? [step] : [])),
      refused: [
        ...steps.flatMap(({ role, step }) =>
          step === null || 'plan' in step ? [] : [{ target: role.role.arn, reasons: step.reasons }],
        ),
        ...shut.map(({ role, providerArn, providerMissing }) => ({
          target: role.role.arn,
          reasons: [
            providerMissing === null
              ? `${providerArn} does not exist: nobody comes by it today, and nothing else is carried over.`
              : `${providerMissing.read}: ${providerMissing.reason}`,
          ],
        })),
      ],
    },
  ]);
}

type ProviderStep =
  | { readonly kind: 'ready'; readonly account: AccountView }
  | { readonly kind: 'step'; readonly account: AccountView; readonly migration: Migration };

/** The provider first, in each account whose roles trust the old issuer: a trust without provider opens nothing. */
function providerStep(
  account: AccountView,
  doors: readonly WebDoor[],
  { to }: ClusterScope,
  context: PlanContext,
): ProviderStep {
  const arn = providerArnFor(account.partition, account.id, to.issuerKey ?? '');
  const present = account.providersByArn.get(arn);
  if (present?.clientIds?.includes(STS_AUDIENCE) === true) return { kind: 'ready', account };
  const target = `account ${account.id}`;
  const count = account.account.oidcProviders?.length ?? 0;
  const quota = account.account.quotas?.oidcProviders ?? DEFAULT_PROVIDERS;
  if (present === undefined && count >= quota)
    return {
      kind: 'step',
      account,
      migration: refusal(target, [
        `It has ${count} of ${quota} OIDC providers: no room for that of cluster ${to.cluster.name}. Delete those of clusters that are gone, or ask for a higher quota (L-858F3967).`,
      ]),
    };
  const meant = new Set(doors.map(({ role }) => role.role.arn));
  const draft = draftProvider({ account, cluster: to, config: context.config, meant, wish: WISH });
  const step =
    draft.kind === 'declined'
      ? draft
      : stepPlan(`1-provider-${account.id}-${to.cluster.name}`, draft, context);
  const migration =
    'plan' in step
      ? {
          ...NOTHING,
          plans: [step],
          waiting: [
            `Once account ${account.id} has the provider, run this again to plan ${meant.size} roles there.`,
          ],
        }
      : refusal(target, step.reasons);
  return { kind: 'step', account, migration };
}

const WISH = 'whoever ran podtrust migrate cluster';

function agentFirst({ to }: ClusterScope, { byRole }: Copied, context: PlanContext): Migration | null {
  if (byRole.size === 0) return null;
  const agent = agentStep(to, []);
  const absent = to.cluster.addons?.every(({ name }) => name !== 'eks-pod-identity-agent') === true;
  if (agent.status === 'pass' || (agent.status === 'unknown' && !absent)) return null;
  const target = `the agent of cluster ${to.cluster.name}`;
  const draft = draftAgent(to, context.config);
  const step =
    draft.kind === 'declined'
      ? draft
      : stepPlan(`1-agent-${to.cluster.name}`, { ...draft, wish: WISH }, context);
  if (!('plan' in step)) return refusal(target, step.reasons);
  const waiting = [
    `Once the agent of cluster ${to.cluster.name} is ACTIVE, run this again to plan the associations.`,
  ];
  return { ...NOTHING, plans: [step], waiting };
}

/** One plan for a role: what it says of the old issuer said of the new one, and its associations. Null where nothing is left. */
function roleStep(
  role: RoleView,
  scope: ClusterScope,
  issuerKey: string,
  copied: Copied | null,
  context: PlanContext,
): NamedPlan | Declined | null {
  const { from, to } = scope;
  const { old, fresh } = placesIn(role.account, from, issuerKey);
  const statements = issuerCopies(role.role.trustPolicy, old, fresh);
  if (statements === null)
    return declined(
      `A Deny of its trust policy names the issuer of ${from.name}: beside a copy of it both would be kept out.`,
    );
  const web =
    statements.length === 0
      ? null
      : editPolicy(
          role.trust().text,
          statements.map((statement) => ({ kind: 'add-statement', statement })),
        );
  const own = copied?.byRole.get(role) ?? [];
  const pods = own.length === 0 ? null : podTrust(withTrust(role, web, context), to, own);
  if (pods !== null && 'kind' in pods) return pods;
  const after = pods?.after ?? web;
  const trust =
    after === null ? null : trustChange(role, { text: `Let cluster ${to.cluster.name} in.`, after });
  if (trust !== null && trust.kind === 'declined') return trust;
  const changes: Change[] = [...(trust === null ? [] : [trust]), ...own.map(({ change }) => change)];
  if (changes.length === 0) return null;
  return stepPlan(
    `2-role-${role.account.id}-${role.name}`,
    {
      kind: 'draft',
      title: `Let cluster ${to.cluster.name} come to ${role.name} beside ${from.name}.`,
      wish: `${WISH}: whoever may create ServiceAccounts of these names in cluster ${to.cluster.name} gets the role`,
      changes,
      isMeant: (way) => way.target === role.role.arn,
    },
    context,
  );
}

/** A role as it would be with another trust policy. */
function withTrust(role: RoleView, after: string | null, { estate }: PlanContext): RoleView {
  if (after === null) return role;
  const target = { account: role.account.id, arn: role.role.arn };
  const change: Change = { kind: 'trust-policy', target, before: role.role.trustPolicy, after };
  return buildEstate(applyToSnapshot(estate.snapshot, [change])).roleByArn.get(role.role.arn) ?? role;
}
