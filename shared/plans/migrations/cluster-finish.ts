import type { ClusterView, RoleView } from '../../estate/estate.ts';
import type { Session } from '../../estate/snapshot.ts';
import { associationsIn } from '../../identity/annotated.ts';
import { draftNoProvider } from '../drafts/provider.ts';
import type { PlanContext } from '../plan-context.ts';
import { trustChange } from '../trust/edit-trust.ts';
import { type ClusterScope, oldDoors, placesIn } from './cluster.ts';
import { issuerCopies } from './issuer-copy.ts';
import { joinedMigrations, type Migration, refusal, stepPlan } from './migration.ts';
import { withoutCluster } from './remove-cluster.ts';
import { withoutProvider } from './remove-provider.ts';

const NOTHING: Migration = { plans: [], refused: [], waiting: [], done: [] };
const QUIET = 24 * 3_600_000;

/** Takes the old cluster out of each trust policy that names the new one, and then its providers. */
export function endOfOld(scope: ClusterScope, issuerKey: string, context: PlanContext): Migration {
  const doors = oldDoors(scope, context);
  const { view, name } = scope.from;
  const arn = view?.cluster.arn;
  const naming = context.estate.roles.filter(
    ({ role }) => arn !== undefined && role.trustPolicy.includes(arn),
  );
  const open = new Set(doors.map(({ role }) => role));
  const roles = joinedMigrations(
    [...new Set([...open, ...naming])].map((role) => {
      const web = open.has(role) ? withoutIssuer(role, scope, issuerKey) : null;
      return withoutOld(role, web, scope, context);
    }),
  );
  const associations = view?.cluster.podIdentityAssociations?.length ?? 0;
  const left =
    view === null
      ? []
      : [
          `${name} keeps its ${associations} associations and its access entries until it is deleted: they go with it.`,
        ];
  if (doors.length > 0 || roles.plans.length > 0) return { ...roles, waiting: [...roles.waiting, ...left] };
  return joinedMigrations([roles, withoutProviders(scope, issuerKey, context), { ...NOTHING, done: left }]);
}

/** A trust policy without its old issuer, or without the old cluster: the text, why not yet, or null where it has none. */
type Part = { readonly after: string } | { readonly waiting: string } | { readonly refused: string } | null;

function withoutOld(role: RoleView, web: Part, scope: ClusterScope, context: PlanContext): Migration {
  const { from, to } = scope;
  const target = `${role.role.arn} and cluster ${from.name}`;
  const pods = withoutPods(web !== null && 'after' in web ? web.after : role.role.trustPolicy, role, scope);
  const parts = [web, pods].filter((part) => part !== null);
  const refused = parts.flatMap((part) => ('refused' in part ? [part.refused] : []));
  const waiting = parts.flatMap((part) => ('waiting' in part ? [`${target}: ${part.waiting}`] : []));
  const after = parts.flatMap((part) => ('after' in part ? [part.after] : [])).at(-1);
  const beside: Migration = {
    ...NOTHING,
    waiting,
    refused: refused.length === 0 ? [] : [{ target, reasons: refused }],
  };
  if (after === undefined || waiting.length > 0) return beside;
  const change = trustChange(role, { text: 'Take the old cluster out.', after });
  if (change.kind === 'declined') return joinedMigrations([beside, refusal(target, change.reasons)]);
  if (role.account.account.observed?.sessions === undefined)
    return {
      ...beside,
      waiting: [`${target}: who still comes from ${from.name} was not observed: read with --sessions.`],
    };
  const step = stepPlan(
    `4-finish-${role.account.id}-${role.name}`,
    {
      kind: 'draft',
      title: `Take cluster ${from.name} out of the trust policy of ${role.name}.`,
      wish: 'nobody: the change only takes access away',
      changes: [change],
      takesAway: true,
      notes: [
        `Sessions from ${from.name} from before the last day, by ServiceAccounts that were seen from ${to.cluster.name} since, are counted as moved.`,
        ...(pods !== null && 'after' in pods
          ? [
              `Associations of ${from.name} with ${role.name} give nothing from then on, and go with the cluster.`,
            ]
          : []),
      ],
      isMoved: (session) => hasMoved(session, role, scope, context),
    },
    context,
  );
  return joinedMigrations([
    beside,
    'plan' in step ? { ...NOTHING, plans: [step] } : refusal(target, step.reasons),
  ]);
}

function withoutIssuer(role: RoleView, { from, to }: ClusterScope, issuerKey: string): Part {
  const text = role.role.trustPolicy;
  const { old, fresh } = placesIn(role.account, from, issuerKey);
  const left = issuerCopies(text, old, fresh);
  if (left === null || left.length > 0 || !role.account.providersByArn.has(fresh.providerArn))
    return { waiting: `cluster ${to.cluster.name} is not yet beside it.` };
  const after = withoutProvider(text, old.providerArn);
  return after === null
    ? { refused: 'No edit of single statements takes the old issuer out: do it by hand.' }
    : { after };
}

function withoutPods(text: string, { role }: RoleView, { from: { view, name }, to }: ClusterScope): Part {
  if (view === null) return null;
  const { after, byHand } = withoutCluster(text, view.cluster.arn);
  const unread = view.missing('podIdentityAssociations');
  if (after !== null && unread !== null)
    return { waiting: `whom ${name} gives it to is not known (${unread.read}: ${unread.reason}).` };
  const moved = associationsIn(to);
  const behind = (view.cluster.podIdentityAssociations ?? []).filter(
    ({ roleArn, namespace, serviceAccount }) =>
      roleArn === role.arn && moved.get(`${namespace}/${serviceAccount}`)?.roleArn !== role.arn,
  );
  if (after !== null && behind.length > 0)
    return {
      waiting: `cluster ${to.cluster.name} has no association with it for ${behind
        .map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`)
        .slice(0, 20)
        .join(', ')}.`,
    };
  if (after !== null) return { after };
  return byHand
    ? {
        refused: `It names the ARN of ${name} where no edit of single statements takes it out: do it by hand.`,
      }
    : null;
}

/** Seen from the new cluster later, and not from the old one for a day. */
function hasMoved(
  session: Session,
  { role, account }: RoleView,
  { from, to }: ClusterScope,
  { estate }: PlanContext,
): boolean {
  if (session.subject === undefined || !isFrom(session, from.issuerKey, from.view)) return false;
  if (Date.parse(session.last) > Date.parse(estate.snapshot.takenAt) - QUIET) return false;
  return (account.account.observed?.sessions?.seen ?? []).some(
    (one) =>
      one.role === role.arn &&
      isFrom(one, to.issuerKey, to) &&
      one.subject === session.subject &&
      Date.parse(one.last) > Date.parse(session.last),
  );
}

/** Whether a session is known to come from a cluster: by its issuer, or by the name that Pod Identity gives it. */
function isFrom(session: Session, issuerKey: string | null, view: ClusterView | null): boolean {
  return session.via === 'web-identity'
    ? issuerKey !== null && session.issuer === issuerKey
    : view !== null && session.cluster === view.cluster.name && session.region === view.region;
}

function withoutProviders(scope: ClusterScope, issuerKey: string, context: PlanContext): Migration {
  const { from } = scope;
  return joinedMigrations(
    [...context.estate.accounts.values()].map((account): Migration => {
      const { old } = placesIn(account, from, issuerKey);
      const provider = account.providersByArn.get(old.providerArn);
      if (provider === undefined) return NOTHING;
      const missing = account.missing('roles');
      if (missing !== null) return refusal(old.providerArn, [`${missing.read}: ${missing.reason}`]);
      const naming = account.roles
        .filter(({ role }) => role.trustPolicy.includes(old.providerArn))
        .map(({ role }) => role.arn);
      const draft = draftNoProvider(account, provider, naming);
      const step =
        draft.kind === 'declined'
          ? draft
          : stepPlan(`5-provider-${account.id}-${from.name}`, { ...draft, takesAway: true }, context);
      return 'plan' in step ? { ...NOTHING, plans: [step] } : refusal(old.providerArn, step.reasons);
    }),
  );
}
