import type { AssociationView, Estate, RoleView } from '../../estate/estate.ts';
import { compile } from '../../iam/compile.ts';
import { decide } from '../../iam/evaluate.ts';
import { parsePolicy } from '../../iam/parse.ts';
import type { Repair } from '../../identity/chain.ts';
import { callsOf, hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { podIdentityStatement } from '../../identity/pod-identity-chain.ts';
import { editPolicy, prettyPolicy } from '../../identity/policy-edit.ts';
import { admissionsOf } from './admissions.ts';

/**
 * The repair of an association as it is where it lets in nobody but whom it names, else a statement of its own for the
 * association: a statement for all of them is not opened for the sake of one.
 */
export function narrowest(role: RoleView, view: AssociationView, estate: Estate, repair: Repair): Repair {
  if (repair.after === undefined) return repair;
  const admitted = admissionsOf(role.role.trustPolicy, repair.after, role, estate);
  if (admitted.every(({ identities }) => identities !== null)) return repair;
  const { association, cluster } = view;
  const statement = podIdentityStatement({
    clusterArn: cluster.cluster.arn,
    account: cluster.account.id,
    namespace: association.namespace,
    serviceAccount: association.serviceAccount,
    tags: hasSessionTags(association),
  });
  const after = editPolicy(role.trust().text, [{ kind: 'add-statement', statement }]);
  if (after === null || !admits(after, role, view)) return repair;
  return {
    text: 'Add a statement to the trust policy that admits the association and nobody else.',
    before: prettyPolicy(role.trust().text),
    after,
  };
}

function admits(text: string, role: RoleView, view: AssociationView): boolean {
  const { policy } = parsePolicy(text, 'trust');
  if (policy === null) return false;
  const { assume, tagSession } = callsOf(view, role);
  const compiled = compile(policy);
  return [assume, ...(tagSession === null ? [] : [tagSession])].every(
    (request) => decide(compiled, request) === 'allowed',
  );
}
