import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  type EKSClient,
  ListPodIdentityAssociationsCommand,
  type PodIdentityAssociation,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { type ChangeOf, canonicalJson, type StateOf, targetKey } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { present } from '../reading.ts';
import { required } from '../reads/listed.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { addonNamed, passedWith, writeThroughAddon } from './addon-associations.ts';
import { ImpossibleChangeError, UnlistedError } from './errors.ts';
import { clusterArns, roleOf } from './names.ts';
import { type Operation, operationsOf, type Resources } from './permissions.ts';

type AssociationChange = ChangeOf<'pod-identity-association'>;
type AssociationState = StateOf<'pod-identity-association'>;

/** Pod Identity associations: through their add-on where it owns them, since EKS would undo anything else. */
export const association: Adapter<'pod-identity-association'> = {
  permissions: {
    read: [
      { actions: ['eks:ListPodIdentityAssociations'], on: 'cluster' },
      { actions: ['eks:DescribePodIdentityAssociation'], on: 'association' },
      { actions: ['eks:DescribeAddon'], on: 'addon' },
    ],
    create: [
      { actions: ['eks:CreatePodIdentityAssociation', 'eks:ListPodIdentityAssociations'], on: 'cluster' },
      { actions: ['iam:GetRole', 'iam:PassRole'], on: 'passed-role' },
    ],
    tag: [
      { actions: ['eks:TagResource'], on: 'association' },
      { actions: ['eks:TagResource'], on: 'cluster' },
    ],
    update: [
      { actions: ['eks:UpdatePodIdentityAssociation'], on: 'association' },
      { actions: ['iam:GetRole', 'iam:PassRole'], on: 'passed-role' },
    ],
    delete: [{ actions: ['eks:DeletePodIdentityAssociation'], on: 'association' }],
    owned: [
      {
        actions: [
          'eks:CreatePodIdentityAssociation',
          'eks:DescribeUpdate',
          'eks:ListPodIdentityAssociations',
        ],
        on: 'cluster',
      },
      { actions: ['eks:DescribeAddon', 'eks:DescribeUpdate', 'eks:UpdateAddon'], on: 'addon' },
      {
        actions: [
          'eks:DeletePodIdentityAssociation',
          'eks:DescribePodIdentityAssociation',
          'eks:UpdatePodIdentityAssociation',
        ],
        on: 'association',
      },
      { actions: ['iam:GetRole', 'iam:PassRole'], on: 'passed-role' },
    ],
  },
  operations,
  resources,
  same,
  read,
  looksFirst: true,
  write,
};

const ownerOf = ({ before, after }: AssociationChange): string | undefined =>
  before?.ownerArn ?? after?.ownerArn;

function operations(change: AssociationChange): readonly Operation[] {
  return ownerOf(change) === undefined ? operationsOf(change) : ['owned'];
}

function resources(change: AssociationChange, live: Live<'pod-identity-association'> | null): Resources {
  const { target, after } = change;
  const arns = clusterArns(target);
  const owner = ownerOf(change);
  const passed = [...(after === null ? [] : [after.roleArn]), ...(live?.passes ?? [])];
  const known = live?.arn !== undefined && owner === undefined ? [live.arn] : [arns.associations];
  return {
    arns: {
      cluster: [arns.cluster],
      association: known,
      'passed-role': passed.map((role) => roleOf(role, target.account).arn),
      ...(owner === undefined ? {} : { addon: [arns.addon(addonNamed(owner, target))] }),
    },
  };
}

/** The external id is EKS's own, and what is switched off may be left out. */
function same(live: AssociationState, wanted: AssociationState): boolean {
  return canonicalJson(comparable(live, wanted)) === canonicalJson(comparable(wanted, wanted));
}

function comparable(state: AssociationState, { tags }: AssociationState): object {
  const { roleArn, targetRoleArn, disableSessionTags, policy, ownerArn } = state;
  const rest = { roleArn, targetRoleArn, disableSessionTags: disableSessionTags === true, policy, ownerArn };
  return tags === undefined ? rest : { ...rest, tags: state.tags ?? {} };
}

async function read(calls: Calls, change: AssociationChange): Promise<Live<'pod-identity-association'>> {
  const { cluster: clusterName, namespace, serviceAccount } = change.target;
  const eks = calls.eks();
  const owner = ownerOf(change);
  const passes = owner === undefined ? undefined : await passedWith(calls, change, owner);
  try {
    const filter = { clusterName, namespace, serviceAccount };
    const { associations } = await eks.send(new ListPodIdentityAssociationsCommand(filter));
    const found = required(associations, 'associations').find(
      (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
    );
    if (found === undefined) return present({ state: null, passes });
    return present({ ...liveOf(await described(eks, clusterName, found.associationId)), passes });
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { state: null };
    throw error;
  }
}

async function described(
  eks: EKSClient,
  clusterName: string,
  associationId: string | undefined,
): Promise<PodIdentityAssociation> {
  const answer = await eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId }));
  return required(answer.association, 'association');
}

function liveOf(one: PodIdentityAssociation): Live<'pod-identity-association'> {
  return present({
    arn: required(one.associationArn, 'associationArn'),
    state: present({
      roleArn: required(one.roleArn, 'roleArn'),
      targetRoleArn: one.targetRoleArn,
      externalId: one.externalId,
      disableSessionTags: one.disableSessionTags,
      policy: one.policy,
      ownerArn: one.ownerArn,
      tags: one.tags,
    }),
  });
}

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

async function write(
  calls: Calls,
  change: AssociationChange,
  live: Live<'pod-identity-association'> | null,
): Promise<void> {
  const { before, after } = change;
  const owner = ownerOf(change);
  if (owner !== undefined) return writeThroughAddon(calls, change, owner);
  if (before === null) return after === null ? undefined : create(calls, change, after);
  if (live?.arn === undefined) {
    throw after === null ? new UnlistedError(targetKey(change)) : new StaleWriteError(targetKey(change));
  }
  try {
    if (after === null) {
      const input = { clusterName: change.target.cluster, associationId: idOf(live.arn) };
      await calls.eks().send(new DeletePodIdentityAssociationCommand(input));
    } else {
      await update(calls, change, idOf(live.arn), before, after);
    }
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    if (after !== null) throw new StaleWriteError(targetKey(change), error);
  }
}

async function create(calls: Calls, change: AssociationChange, after: AssociationState): Promise<void> {
  const { cluster: clusterName, namespace, serviceAccount } = change.target;
  const { roleArn, targetRoleArn, disableSessionTags, policy, tags } = after;
  try {
    await calls.eks().send(
      new CreatePodIdentityAssociationCommand({
        clusterName,
        namespace,
        serviceAccount,
        clientRequestToken: calls.token,
        ...present({ roleArn, targetRoleArn, disableSessionTags, policy, tags }),
      }),
    );
  } catch (error) {
    // Somebody else's, or an earlier attempt whose answer was lost: reading back tells.
    if (!(error instanceof ResourceInUseException)) throw error;
    const { state } = await read(calls, change);
    if (state !== null && !same(state, after)) throw new StaleWriteError(targetKey(change), error);
  }
}

/** An empty text takes a target role or a policy away. */
async function update(
  calls: Calls,
  { target }: AssociationChange,
  associationId: string,
  before: AssociationState,
  after: AssociationState,
): Promise<void> {
  if (canonicalJson(before.tags) !== canonicalJson(after.tags)) {
    throw new ImpossibleChangeError(associationId, 'tags are given when it is made');
  }
  const off = after.disableSessionTags === true;
  await calls.eks().send(
    new UpdatePodIdentityAssociationCommand({
      clusterName: target.cluster,
      associationId,
      clientRequestToken: calls.token,
      ...present({
        roleArn: after.roleArn,
        disableSessionTags: off === (before.disableSessionTags === true) ? undefined : off,
        targetRoleArn: changed(before.targetRoleArn, after.targetRoleArn),
        policy: changed(before.policy, after.policy),
      }),
    }),
  );
}

const changed = (before: string | undefined, after: string | undefined): string | undefined =>
  before === after ? undefined : (after ?? '');
