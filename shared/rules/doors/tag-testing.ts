import type { AssociationView, Estate } from '../../estate/estate.ts';

/** Session tags of EKS as permissions see them. */
const TAG_TEST = /aws:PrincipalTag\/(?:kubernetes-|eks-cluster-)/i;

/** The policies of an association's role that test the session tags of EKS: inline ones by name, managed ones by ARN. */
export function tagTestingPolicies({ association, cluster }: AssociationView, estate: Estate): string[] {
  const role = estate.roleByArn.get(association.roleArn ?? '')?.role;
  const inline = (role?.inlinePolicies ?? [])
    .filter(({ document }) => TAG_TEST.test(document))
    .map(({ name }) => name);
  const attached = new Set(role?.attachedPolicies ?? []);
  const managed = (cluster.account.account.policies ?? [])
    .filter(({ arn, document }) => attached.has(arn) && TAG_TEST.test(document))
    .map(({ arn }) => arn);
  return [...inline, ...managed].sort();
}
