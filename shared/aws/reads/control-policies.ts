import {
  DescribePolicyCommand,
  ListPoliciesCommand,
  ListTargetsForPolicyCommand,
  type OrganizationsClient,
  type PolicyType,
} from '@aws-sdk/client-organizations';
import type { ControlPolicies } from '../../estate/snapshot.ts';
import type { Permissions } from '../permission.ts';
import type { Reading } from '../reading.ts';
import type { OrganizationTree } from './organization-tree.ts';

export const permissions: Permissions = {
  actions: [
    'organizations:DescribePolicy',
    'organizations:ListPolicies',
    'organizations:ListTargetsForPolicy',
  ],
  for: 'organization',
};

const TYPES = { service: 'SERVICE_CONTROL_POLICY', resource: 'RESOURCE_CONTROL_POLICY' } as const;

/** The service and resource control policies of an organization, with the tree that they are attached to. */
export async function readControlPolicies(
  client: OrganizationsClient,
  reading: Reading,
  { paths, policyTypes }: OrganizationTree,
): Promise<ControlPolicies> {
  const [service, resource] = await Promise.all([
    policiesOf(client, reading, TYPES.service, policyTypes),
    policiesOf(client, reading, TYPES.resource, policyTypes),
  ]);
  return {
    ...(service !== null && { service }),
    ...(resource !== null && { resource }),
    paths: { ...paths },
  };
}

/**
 * Every policy of a type with its document and targets; null when one is missing, since it may be the one that denies. So
 * for a type that is being switched on or off: whether its policies already hold, or still do, nobody tells
 * (Organizations API reference, PolicyTypeSummary: PENDING_ENABLE, PENDING_DISABLE).
 */
async function policiesOf(
  client: OrganizationsClient,
  reading: Reading,
  Filter: PolicyType,
  policyTypes: OrganizationTree['policyTypes'],
): Promise<ControlPolicies['service'] | null> {
  const status = policyTypes.get(Filter);
  if (status === undefined) return { enabled: false, policies: [] };
  if (status !== 'ENABLED') {
    reading.gap(
      'organizations:ListRoots',
      { subject: Filter },
      `the organization has policies of this type in the state ${status}`,
    );
    return null;
  }
  const list = await reading.pages('organizations:ListPolicies', { subject: Filter }, async (NextToken) => {
    const { Policies, NextToken: next } = await client.send(new ListPoliciesCommand({ Filter, NextToken }));
    return { items: Policies, next };
  });
  if (list === undefined || !list.complete) return null;
  const policies = await Promise.all(
    list.items.map(async ({ Id: id = '', Name: name = '' }) => {
      const place = { subject: id };
      const targets = await reading.pages('organizations:ListTargetsForPolicy', place, async (NextToken) => {
        const answer = await client.send(new ListTargetsForPolicyCommand({ PolicyId: id, NextToken }));
        return { items: answer.Targets, next: answer.NextToken };
      });
      if (targets?.complete !== true) return null;
      // What is attached to nothing says nothing.
      if (targets.items.length === 0) return undefined;
      const document = await reading.one('organizations:DescribePolicy', place, async () => {
        const { Policy } = await client.send(new DescribePolicyCommand({ PolicyId: id }));
        if (Policy?.Content === undefined) throw new Error('malformed answer: a policy without content');
        return Policy.Content;
      });
      if (document === undefined) return null;
      return { id, name, document, targets: targets.items.flatMap(({ TargetId }) => TargetId ?? []).sort() };
    }),
  );
  const known = policies.filter((policy) => policy !== undefined);
  return known.some((policy) => policy === null)
    ? null
    : { enabled: true, policies: known.filter((policy) => policy !== null) };
}
