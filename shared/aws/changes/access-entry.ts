import {
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  ListAssociatedAccessPoliciesCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateAccessEntryCommand,
} from '@aws-sdk/client-eks';
import { type ChangeOf, canonicalJson, type StateOf, targetKey } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { present } from '../reading.ts';
import { required } from '../reads/listed.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { EntryHasPoliciesError, ImpossibleChangeError } from './errors.ts';
import { clusterArns, principalOf } from './names.ts';

type EntryChange = ChangeOf<'access-entry'>;
type EntryState = StateOf<'access-entry'>;

/**
 * Access entries. EKS pins an entry to the unique id of its principal, so that one whose role was made anew is made anew
 * as well: deleted and created, as two changes (EKS API reference, AccessEntry).
 */
export const accessEntry: Adapter<'access-entry'> = {
  permissions: {
    read: [{ actions: ['eks:DescribeAccessEntry'], on: 'access-entry' }],
    create: [
      { actions: ['eks:CreateAccessEntry'], on: 'cluster', by: 'eks:principalArn' },
      { actions: ['eks:DescribeAccessEntry'], on: 'access-entry' },
    ],
    tag: [
      { actions: ['eks:TagResource'], on: 'access-entry' },
      { actions: ['eks:TagResource'], on: 'cluster' },
    ],
    update: [{ actions: ['eks:UpdateAccessEntry'], on: 'access-entry' }],
    delete: [{ actions: ['eks:DeleteAccessEntry', 'eks:ListAssociatedAccessPolicies'], on: 'access-entry' }],
  },
  resources: ({ target }, live) => {
    const { cluster, entries } = clusterArns(target);
    return {
      arns: { cluster: [cluster], 'access-entry': [live?.arn ?? entries] },
      values: { 'eks:principalArn': principalOf(target.principal) },
    };
  },
  same,
  read,
  looksFirst: true,
  write,
};

/** Without a username in the plan EKS makes it, and it may be any. */
function same(live: EntryState, wanted: EntryState): boolean {
  return canonicalJson(comparable(live, wanted)) === canonicalJson(comparable(wanted, wanted));
}

function comparable({ type, username, groups, tags }: EntryState, wanted: EntryState): object {
  return present({
    type,
    groups: [...groups].sort(),
    username: wanted.username === undefined ? undefined : username,
    tags: wanted.tags === undefined ? undefined : (tags ?? {}),
  });
}

async function read(calls: Calls, { target }: EntryChange): Promise<Live<'access-entry'>> {
  try {
    const { accessEntry: entry } = await calls
      .eks()
      .send(new DescribeAccessEntryCommand({ clusterName: target.cluster, principalArn: target.principal }));
    const found = required(entry, 'access entry');
    return {
      arn: required(found.accessEntryArn, 'accessEntryArn'),
      state: present({
        type: required(found.type, 'type'),
        username: found.username,
        groups: [...(found.kubernetesGroups ?? [])].sort(),
        tags: found.tags,
      }),
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { state: null };
    throw error;
  }
}

async function write(calls: Calls, change: EntryChange): Promise<void> {
  const { before, after } = change;
  if (before === null) return after === null ? undefined : create(calls, change, after);
  if (after === null) return remove(calls, change);
  return update(calls, change, before, after);
}

/** Entries of nodes take neither groups nor a username: EKS gives them theirs. */
async function create(calls: Calls, change: EntryChange, after: EntryState): Promise<void> {
  const { cluster: clusterName, principal: principalArn } = change.target;
  const { type, username, groups, tags } = after;
  try {
    await calls.eks().send(
      new CreateAccessEntryCommand({
        clusterName,
        principalArn,
        type,
        clientRequestToken: calls.token,
        ...present({ tags }),
        ...(type === 'STANDARD' ? present({ username, kubernetesGroups: [...groups] }) : {}),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    const { state } = await read(calls, change);
    if (state !== null && !same(state, after)) throw new StaleWriteError(targetKey(change), error);
  }
}

async function update(
  calls: Calls,
  change: EntryChange,
  before: EntryState,
  after: EntryState,
): Promise<void> {
  const { cluster: clusterName, principal: principalArn } = change.target;
  if (before.type !== after.type || canonicalJson(before.tags) !== canonicalJson(after.tags)) {
    throw new ImpossibleChangeError(targetKey(change), 'type and tags are given when an entry is made');
  }
  const input = { clusterName, principalArn, clientRequestToken: calls.token };
  const username = after.username === before.username ? undefined : after.username;
  try {
    await calls.eks().send(
      new UpdateAccessEntryCommand({
        ...input,
        ...present({ username, kubernetesGroups: [...after.groups] }),
      }),
    );
  } catch (error) {
    throw error instanceof ResourceNotFoundException ? new StaleWriteError(targetKey(change), error) : error;
  }
}

/** Its policies would go with it without a trace: they are changes of their own, before this one. */
async function remove(calls: Calls, change: EntryChange): Promise<void> {
  const { cluster: clusterName, principal: principalArn } = change.target;
  const input = { clusterName, principalArn };
  try {
    const { associatedAccessPolicies = [] } = await calls
      .eks()
      .send(new ListAssociatedAccessPoliciesCommand(input));
    if (associatedAccessPolicies.length > 0) {
      const names = associatedAccessPolicies.map(({ policyArn }) => policyArn ?? '');
      throw new EntryHasPoliciesError(principalArn, names);
    }
    await calls.eks().send(new DeleteAccessEntryCommand(input));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}
