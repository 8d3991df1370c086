import type { Change, ChangeOf } from '../../changes/change.ts';
import type { ClusterView } from '../../estate/estate.ts';
import type { PolicyGrant } from '../../identity/access/policies.ts';
import type { Representation } from './represent.ts';

/** Where the entry of a principal is in a cluster. */
export function entryTarget(
  { account, region, cluster }: ClusterView,
  principal: string,
): ChangeOf<'access-entry'>['target'] {
  return { account: account.id, region, cluster: cluster.name, principal };
}

/** The creation of an entry with its policies. */
export function entryChanges(
  cluster: ClusterView,
  {
    principal,
    entry,
    policies,
  }: Pick<Extract<Representation, { kind: 'entry' }>, 'principal' | 'entry' | 'policies'>,
): Change[] {
  const target = entryTarget(cluster, principal);
  return [
    { kind: 'access-entry', target, before: null, after: entry },
    ...policies.map((grant) => policyChange(target, grant)),
  ];
}

/** The association of a policy with an entry that has it not, or with another scope. */
export function policyChange(
  target: ChangeOf<'access-entry'>['target'],
  { policyArn, scope }: PolicyGrant,
  before: PolicyGrant['scope'] | null = null,
): Change {
  return { kind: 'access-policy', target: { ...target, policy: policyArn }, before, after: scope };
}
