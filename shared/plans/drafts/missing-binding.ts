import type { Binding, Config } from '../../config/config.ts';
import type { AssociationView, ClusterView, Estate, RoleView } from '../../estate/estate.ts';
import type { Association } from '../../estate/snapshot.ts';
import { callsOf, hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import {
  answerWebIdentity,
  repairWebIdentity,
  webIdentityOf,
  webIdentityStatement,
} from '../../identity/irsa-trust.ts';
import { providerOf } from '../../identity/issuer-standing.ts';
import { podIdentityStatement, podIdentityTrust } from '../../identity/pod-identity-chain.ts';
import { providerWords } from '../../identity/provider-repair.ts';
import { annotatedRole, audienceAnnotation, roleAnnotation } from '../../identity/role-annotation.ts';
import { STS_AUDIENCE } from '../../identity/service-account.ts';
import { isForPodIdentityAlone } from '../../identity/unassociated.ts';
import { judgeAssociation } from '../../rules/doors/association-failure.ts';
import { isDeclared } from '../../rules/intent.ts';
import { type Draft, declined } from '../draft.ts';
import { draftTrust, trustChange } from '../trust/edit-trust.ts';
import { smallestFor, withStatement } from '../trust/smallest-for.ts';
import type { BoundIdentity } from '../ways/way.ts';
import { draftAssociation } from './association.ts';
import { titleOf } from './provider-fault.ts';

/** A declared binding that is not effective. */
export interface MissingBinding {
  readonly binding: Binding;
  readonly cluster: ClusterView;
  readonly role: RoleView | undefined;
}

/**
 * Gives a declared binding back, the way in which the ServiceAccount gets its role: by its association where it has one
 * or where the role is for Pod Identity alone, else by a web identity. Nobody but the declared comes in, and nobody who
 * could come in is kept out; whatever else stands in the way is declined with what it is.
 */
export function draftMissingBinding(missing: MissingBinding, estate: Estate, config: Config): Draft {
  const { binding, cluster, role } = missing;
  if (role === undefined)
    return declined(`${binding.role} does not exist: make it first, or correct the binding.`);
  const isMeant = (identity: BoundIdentity) => isDeclared(config, identity);
  const association = cluster.cluster.podIdentityAssociations?.find(
    ({ namespace, serviceAccount }) =>
      namespace === binding.namespace && serviceAccount === binding.serviceAccount,
  );
  const bound: Bound = { binding, cluster, role, estate, isMeant };
  if (association !== undefined) return draftForAssociation(association, bound);
  return isForPodIdentityAlone(role) ? draftNewAssociation(bound) : draftWebIdentity(bound);
}

interface Bound {
  readonly binding: Binding;
  readonly cluster: ClusterView;
  readonly role: RoleView;
  readonly estate: Estate;
  readonly isMeant: (identity: BoundIdentity) => boolean;
}

const nameOf = ({ binding: { namespace, serviceAccount }, cluster }: Bound): string =>
  `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}`;

const wishOf = (bound: Bound): string => `the binding of podtrust.config.json for ${nameOf(bound)}`;

/** An association comes before any annotation: it has to name the role, and the role has to trust it. */
function draftForAssociation(association: Association, bound: Bound): Draft {
  const { binding, cluster, role, estate } = bound;
  if (association.roleArn !== binding.role)
    return declined(
      `Association ${association.id} gives ${nameOf(bound)} ${association.roleArn ?? 'a role that was not read'}, which it would lose: change the association where that is meant, or the binding.`,
    );
  const view: AssociationView = { association, cluster };
  const { failure } = judgeAssociation(view, estate);
  if (failure === null) return declined(`Association ${association.id} is not known to fail.`);
  if (failure.rule !== 'no-untrusted-association' || association.targetRoleArn !== undefined)
    return declined(`${failure.rule} says what keeps ${nameOf(bound)} out: ${failure.detail}`);
  const repair = podTrust(view, bound);
  return draftTrust(role, repair, { title: titleOf(role, repair.text), wish: wishOf(bound) });
}

/** A role for Pod Identity alone whose association is gone: it is made anew, after the trust that it needs. */
function draftNewAssociation(bound: Bound): Draft {
  const { binding, cluster, role } = bound;
  if (role.account !== cluster.account)
    return declined(
      `${role.role.arn} is for Pod Identity, which takes roles of the cluster's account ${cluster.account.id} alone.`,
    );
  const { namespace, serviceAccount } = binding;
  const draft = draftAssociation({ namespace, serviceAccount }, role, [cluster], wishOf(bound));
  const association = { id: 'planned', namespace, serviceAccount, roleArn: role.role.arn };
  const view: AssociationView = { association, cluster };
  const { steps } = podIdentityTrust(role, callsOf(view, role), statementFor(view));
  if (draft.kind === 'declined' || steps.every(({ status }) => status === 'pass')) return draft;
  const open = steps.find(({ status }) => status === 'unknown');
  if (open !== undefined) return declined(open.detail);
  const change = trustChange(role, podTrust(view, bound));
  return change.kind === 'declined' ? change : { ...draft, changes: [change, ...draft.changes] };
}

function podTrust(view: AssociationView, { role, estate, isMeant, ...bound }: Bound) {
  const statement = statementFor(view);
  const { repair } = podIdentityTrust(role, callsOf(view, role), statement);
  const own = withStatement(role, statement, nameOf({ role, estate, isMeant, ...bound }));
  if (repair === null) return own;
  // A Deny that keeps the association out is not written around: the words say so.
  return repair.after === undefined ? repair : smallestFor(role, [repair, own], estate, isMeant);
}

function statementFor({ association, cluster }: AssociationView) {
  const { namespace, serviceAccount } = association;
  return podIdentityStatement({
    clusterArn: cluster.cluster.arn,
    account: cluster.account.id,
    namespace,
    serviceAccount,
    tags: hasSessionTags(association),
  });
}

/** The statement that names the ServiceAccount, mended, or one of its own. */
function draftWebIdentity(bound: Bound): Draft {
  const { binding, cluster, role, estate, isMeant } = bound;
  const { namespace, serviceAccount } = binding;
  const wanted = webIdentityOf({ cluster, namespace, serviceAccount, audience: STS_AUDIENCE }, role);
  if (wanted === null) return declined(`The issuer of cluster ${cluster.cluster.name} is not known.`);
  const provider = providerWords(wanted, providerOf(wanted.issuer.key, role), role.account);
  if (provider !== null)
    return declined(
      `Account ${role.account.id} takes no token of cluster ${cluster.cluster.name} for ${STS_AUDIENCE}: ${provider}`,
    );
  const answer = answerWebIdentity(role, wanted, estate);
  if (answer === null) return declined(`IAM refuses the trust policy of ${role.role.arn} as it is.`);
  if (answer.outcome !== 'denied') return declined('The trust policy says so already.');
  const mended = repairWebIdentity(role.trust(), answer, wanted, role.role.arn);
  // A Deny that keeps the subject out is not written around: its words say so.
  const repair =
    mended.after === undefined
      ? mended
      : smallestFor(
          role,
          [mended, withStatement(role, webIdentityStatement(wanted), nameOf(bound))],
          estate,
          isMeant,
        );
  return draftTrust(role, repair, {
    title: titleOf(role, repair.text),
    wish: wishOf(bound),
    notes: annotationNotes(bound),
  });
}

/** What the trust policy does not decide: whether the pods ask for the role at all. */
function annotationNotes(bound: Bound): string[] {
  const { binding, cluster, role } = bound;
  const account = cluster.kubernetes.serviceAccount(binding.namespace, binding.serviceAccount);
  if (account === undefined) {
    if (cluster.kubernetes.missing('serviceAccounts') === null) return [];
    return [
      `Whether ${nameOf(bound)} asks for the role by its annotation was not read: without it its pods do not get it.`,
    ];
  }
  if (annotatedRole(roleAnnotation(account.annotations, cluster.account.partition)) !== role.role.arn)
    return [`${nameOf(bound)} does not ask for the role by its annotation: podtrust annotate plans that.`];
  const audience = audienceAnnotation(account.annotations);
  return audience === STS_AUDIENCE
    ? []
    : [`${nameOf(bound)} asks for tokens for ${audience}, and a binding means those for ${STS_AUDIENCE}.`];
}
