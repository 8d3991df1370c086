import type { Change } from '../../changes/change.ts';
import { proveTrust } from '../../changes/trust/prove.ts';
import type { RoleView } from '../../estate/estate.ts';
import type { Repair } from '../../identity/chain.ts';
import type { WebIdentity } from '../../identity/claim-flaws.ts';
import {
  answerWebIdentity,
  repairWebIdentity,
  webIdentityOf,
  webIdentityStatement,
} from '../../identity/irsa-trust.ts';
import { audienceAnnotation } from '../../identity/role-annotation.ts';
import { STS_AUDIENCE } from '../../identity/service-account.ts';
import { type Declined, declined } from '../draft.ts';
import { draftProvider } from '../drafts/provider.ts';
import type { PlanContext } from '../plan-context.ts';
import { trustChange } from '../trust/edit-trust.ts';
import type { AnnotatedPlace } from './obstacles.ts';

/** What the account of a role lacks for a ServiceAccount, in the order in which it is made. */
interface Access {
  readonly kind: 'access';
  readonly changes: readonly Change[];
  readonly approval: readonly string[];
}

type Known = Pick<PlanContext, 'estate' | 'config'>;

/** The provider and the statement by which a role lets exactly this ServiceAccount in, as far as they are missing. */
export function accessFor(place: AnnotatedPlace, role: RoleView, known: Known): Access | Declined {
  const { cluster, namespace, serviceAccount } = place;
  const { annotations } = cluster.kubernetes.serviceAccount(namespace, serviceAccount) ?? {};
  const wanted = webIdentityOf({ ...place, audience: audienceAnnotation(annotations) }, role);
  if (wanted === null) return declined(`The issuer of cluster ${cluster.cluster.name} is not known.`);
  const provider = providerFor(place, wanted, role, known);
  if (provider.kind === 'declined') return provider;
  const trust = trustFor(wanted, role, known);
  if (trust.kind === 'declined') return trust;
  return {
    kind: 'access',
    changes: [...provider.changes, ...trust.changes],
    approval: provider.approval,
  };
}

const NOTHING: Access = { kind: 'access', changes: [], approval: [] };

/** What every account has at least (IAM quotas: OpenID Connect providers per account). */
const DEFAULT_PROVIDERS = 100;

function providerFor(
  { cluster }: AnnotatedPlace,
  wanted: WebIdentity,
  { role, account }: RoleView,
  { config }: Known,
): Access | Declined {
  const present = account.providersByArn.get(wanted.provider);
  if (present?.clientIds?.includes(wanted.audience) === true) return NOTHING;
  if (wanted.audience !== STS_AUDIENCE) return declined(foreignAudience(wanted));
  const count = account.account.oidcProviders?.length ?? 0;
  const quota = account.account.quotas?.oidcProviders ?? DEFAULT_PROVIDERS;
  if (present === undefined && count >= quota)
    return declined(`Account ${account.id} has ${count} of ${quota} OIDC providers, and needs one more.`);
  const draft = draftProvider({ account, cluster, config, meant: new Set([role.arn]), wish: '' });
  if (draft.kind === 'declined') return draft;
  return { kind: 'access', changes: draft.changes, approval: draft.approval ?? [] };
}

/** Whoever annotates the audience hands the tokens to others: what takes them is for people to say by hand. */
function foreignAudience({ audience }: WebIdentity): string {
  return `The ServiceAccount asks for tokens for ${audience} (annotation eks.amazonaws.com/audience), which reach others than STS: that the provider and the trust policy take them is decided by hand.`;
}

function trustFor(wanted: WebIdentity, role: RoleView, { estate }: Known): Access | Declined {
  const answer = answerWebIdentity(role, wanted, estate);
  if (answer === null) return declined(`IAM would refuse the trust policy of ${role.role.arn}.`);
  if (answer.outcome !== 'denied') return NOTHING;
  if (wanted.audience !== STS_AUDIENCE) return declined(foreignAudience(wanted));
  const repair = (nearest: typeof answer.nearest) =>
    repairWebIdentity(role.trust(), { ...answer, nearest }, wanted, role.role.arn);
  const mended = repair(answer.nearest);
  const change = trustChange(role, isExact(mended, wanted, role) ? mended : repair(null));
  return change.kind === 'declined' ? change : { kind: 'access', changes: [change], approval: [] };
}

/** Whether an edit lets in the ServiceAccount, nobody else, and keeps nobody out: mending a statement may do more. */
function isExact({ after }: Repair, wanted: WebIdentity, { role }: RoleView): boolean {
  if (after === undefined) return false;
  const intended = JSON.stringify({ Version: '2012-10-17', Statement: [webIdentityStatement(wanted)] });
  const { shown, removes } = proveTrust({ role: role.arn, before: role.trustPolicy, after, intended });
  return !removes && shown.every(({ holds }) => holds === 'yes');
}
