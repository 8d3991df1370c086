import type { RoleView } from '../../estate/estate.ts';
import type { Session } from '../../estate/snapshot.ts';
import { draftNoProvider } from '../drafts/provider.ts';
import type { PlanContext } from '../plan-context.ts';
import { trustChange } from '../trust/edit-trust.ts';
import { type ClusterScope, oldDoors, placesIn } from './cluster.ts';
import { issuerCopies } from './issuer-copy.ts';
import { joinedMigrations, type Migration, refusal, stepPlan } from './migration.ts';
import { withoutProvider } from './remove-provider.ts';

const NOTHING: Migration = { plans: [], refused: [], waiting: [], done: [] };
const QUIET = 24 * 3_600_000;

/** Takes the old issuer out of each trust policy that names the new one, and then its providers. */
export function endOfOld(scope: ClusterScope, issuerKey: string, context: PlanContext): Migration {
  const doors = oldDoors(scope, context);
  const roles = joinedMigrations(doors.map(({ role }) => withoutOld(role, scope, issuerKey, context)));
  const { view, name } = scope.from;
  const associations = view?.cluster.podIdentityAssociations?.length ?? 0;
  const left =
    view === null
      ? []
      : [
          `${name} keeps its ${associations} associations and its access entries until it is deleted: they go with it.`,
        ];
  if (doors.length > 0) return { ...roles, waiting: [...roles.waiting, ...left] };
  return joinedMigrations([withoutProviders(scope, issuerKey, context), { ...NOTHING, done: left }]);
}

function withoutOld(role: RoleView, scope: ClusterScope, issuerKey: string, context: PlanContext): Migration {
  const { from, to } = scope;
  const { old, fresh } = placesIn(role.account, from, issuerKey);
  const target = `${role.role.arn} and the issuer of ${from.name}`;
  const left = issuerCopies(role.role.trustPolicy, old, fresh);
  if (left === null || left.length > 0 || !role.account.providersByArn.has(fresh.providerArn))
    return { ...NOTHING, waiting: [`${target}: cluster ${to.cluster.name} is not yet beside it.`] };
  const after = withoutProvider(role.role.trustPolicy, old.providerArn);
  if (after === null) return refusal(target, ['No edit of single statements takes it out: do it by hand.']);
  const change = trustChange(role, { text: 'Take the old issuer out.', after });
  if (change.kind === 'declined') return refusal(target, change.reasons);
  if (role.account.account.observed?.sessions === undefined)
    return {
      ...NOTHING,
      waiting: [`${target}: who still comes from ${from.name} was not observed: read with --sessions.`],
    };
  const step = stepPlan(
    `4-finish-${role.account.id}-${role.name}`,
    {
      kind: 'draft',
      title: `Take the issuer of ${from.name} out of the trust policy of ${role.name}.`,
      wish: 'nobody: the change only takes access away',
      changes: [change],
      takesAway: true,
      notes: [
        `Sessions from ${from.name} from before the last day, by ServiceAccounts that were seen from ${to.cluster.name} since, are counted as moved.`,
      ],
      isMoved: (session) => hasMoved(session, role, from.issuerKey, issuerKey, context),
    },
    context,
  );
  return 'plan' in step ? { ...NOTHING, plans: [step] } : refusal(target, step.reasons);
}

/** Seen from the new cluster later, and not from the old one for a day. */
function hasMoved(
  session: Session,
  { role, account }: RoleView,
  old: string,
  fresh: string,
  { estate }: PlanContext,
): boolean {
  if (session.via !== 'web-identity' || session.issuer !== old || session.subject === undefined) return false;
  if (Date.parse(session.last) > Date.parse(estate.snapshot.takenAt) - QUIET) return false;
  return (account.account.observed?.sessions?.seen ?? []).some(
    (one) =>
      one.role === role.arn &&
      one.issuer === fresh &&
      one.subject === session.subject &&
      Date.parse(one.last) > Date.parse(session.last),
  );
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
