import {
  AssociateAccessPolicyCommand,
  type AssociatedAccessPolicy,
  DescribeAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  ListAssociatedAccessPoliciesCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eks';
import { type ChangeOf, canonicalJson, type StateOf, targetKey } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, required } from '../reads/listed.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { accessPolicyArn, clusterArns } from './names.ts';

type PolicyChange = ChangeOf<'access-policy'>;
type ScopeState = StateOf<'access-policy'>;

/** Access policies on access entries. Associating anew replaces the scope (EKS API reference, AssociateAccessPolicy). */
export const accessPolicy: Adapter<'access-policy'> = {
  permissions: {
    read: [{ actions: ['eks:DescribeAccessEntry', 'eks:ListAssociatedAccessPolicies'], on: 'access-entry' }],
    create: [{ actions: ['eks:AssociateAccessPolicy'], on: 'access-entry', by: 'eks:policyArn' }],
    update: [{ actions: ['eks:AssociateAccessPolicy'], on: 'access-entry', by: 'eks:policyArn' }],
    delete: [{ actions: ['eks:DisassociateAccessPolicy'], on: 'access-entry', by: 'eks:policyArn' }],
  },
  resources: ({ target }, live) => ({
    arns: { 'access-entry': [live?.arn ?? clusterArns(target).entries] },
    values: { 'eks:policyArn': accessPolicyArn(target.policy) },
  }),
  same: (live, wanted) => canonicalJson(scoped(live)) === canonicalJson(scoped(wanted)),
  read,
  looksFirst: true,
  write,
};

const scoped = ({ type, namespaces = [] }: ScopeState): object =>
  type === 'cluster' ? { type } : { type, namespaces: [...namespaces].sort() };

async function read(calls: Calls, { target }: PolicyChange): Promise<Live<'access-policy'>> {
  const input = { clusterName: target.cluster, principalArn: target.principal };
  try {
    const { accessEntry } = await calls.eks().send(new DescribeAccessEntryCommand(input));
    const arn = required(accessEntry?.accessEntryArn, 'accessEntryArn');
    const found = await associated(calls, input, target.policy);
    if (found === undefined) return { arn, state: null };
    const type = required(found.accessScope?.type, 'accessScope');
    const namespaces = type === 'namespace' ? [...(found.accessScope?.namespaces ?? [])].sort() : undefined;
    return { arn, state: present({ type, namespaces }) };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { state: null };
    throw error;
  }
}

async function associated(
  calls: Calls,
  input: { readonly clusterName: string; readonly principalArn: string },
  policy: string,
): Promise<AssociatedAccessPolicy | undefined> {
  let nextToken: string | undefined;
  do {
    const page = await calls
      .eks()
      .send(new ListAssociatedAccessPoliciesCommand(present({ ...input, maxResults: EKS_PAGE, nextToken })));
    const found = required(page.associatedAccessPolicies, 'associatedAccessPolicies').find(
      ({ policyArn }) => policyArn === policy,
    );
    if (found !== undefined) return found;
    nextToken = page.nextToken || undefined;
  } while (nextToken !== undefined);
  return undefined;
}

async function write(calls: Calls, change: PolicyChange): Promise<void> {
  const { target, after } = change;
  const input = {
    clusterName: target.cluster,
    principalArn: target.principal,
    policyArn: target.policy,
  };
  try {
    if (after === null) await calls.eks().send(new DisassociateAccessPolicyCommand(input));
    else {
      const namespaces = after.type === 'namespace' ? [...(after.namespaces ?? [])] : undefined;
      const accessScope = present({ type: after.type, namespaces });
      await calls.eks().send(new AssociateAccessPolicyCommand({ ...input, accessScope }));
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    // The entry is gone, and its policies with it.
    if (after !== null) throw new StaleWriteError(targetKey(change), error);
  }
}
