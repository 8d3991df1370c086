import {
  type Addon,
  CreateAddonCommand,
  DeleteAddonCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateAddonCommand,
} from '@aws-sdk/client-eks';
import { type ChangeOf, canonicalJson, type StateOf, targetKey } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { present } from '../reading.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { ownedBy } from './addon-associations.ts';
import { FailedUpdateError } from './errors.ts';
import { clusterArns, roleOf } from './names.ts';
import type { Resources } from './permissions.ts';
import { settledAddon, updateIsThrough } from './updates.ts';

type AddonChange = ChangeOf<'addon'>;
type AddonState = StateOf<'addon'>;

/** Add-ons of EKS, with the associations that they own. A change is over when its add-on is at rest. */
export const addon: Adapter<'addon'> = {
  permissions: {
    read: [
      { actions: ['eks:DescribeAddon'], on: 'addon' },
      { actions: ['eks:ListPodIdentityAssociations'], on: 'cluster' },
      { actions: ['eks:DescribePodIdentityAssociation'], on: 'association' },
    ],
    create: [
      { actions: ['eks:CreateAddon', 'eks:CreatePodIdentityAssociation'], on: 'cluster' },
      { actions: ['eks:DescribeAddon'], on: 'addon' },
      { actions: ['iam:GetRole', 'iam:PassRole'], on: 'passed-role' },
    ],
    update: [
      { actions: ['eks:DescribeAddon', 'eks:DescribeUpdate', 'eks:UpdateAddon'], on: 'addon' },
      { actions: ['eks:CreatePodIdentityAssociation', 'eks:DescribeUpdate'], on: 'cluster' },
      {
        actions: ['eks:DeletePodIdentityAssociation', 'eks:UpdatePodIdentityAssociation'],
        on: 'association',
      },
      { actions: ['iam:GetRole', 'iam:PassRole'], on: 'passed-role' },
    ],
    delete: [
      { actions: ['eks:DeleteAddon', 'eks:DescribeAddon'], on: 'addon' },
      { actions: ['eks:DeletePodIdentityAssociation'], on: 'association' },
    ],
  },
  resources,
  same,
  read,
  looksFirst: true,
  write,
};

function resources({ target, after }: AddonChange): Resources {
  const arns = clusterArns(target);
  const roles = [
    after?.serviceAccountRoleArn,
    ...(after?.podIdentityAssociations ?? []).map(({ roleArn }) => roleArn),
  ].filter((role) => role !== undefined);
  return {
    arns: {
      cluster: [arns.cluster],
      addon: [arns.addon(target.addon)],
      association: [arns.associations],
      'passed-role': roles.map((role) => roleOf(role, target.account).arn),
    },
  };
}

/** Version and configuration count where a plan speaks of them; no associations are none. */
function same(live: AddonState, wanted: AddonState): boolean {
  return canonicalJson(comparable(live, wanted)) === canonicalJson(comparable(wanted, wanted));
}

function comparable(state: AddonState, wanted: AddonState): object {
  const { serviceAccountRoleArn, podIdentityAssociations = [] } = state;
  return present({
    serviceAccountRoleArn,
    podIdentityAssociations: sorted(podIdentityAssociations),
    version: wanted.version === undefined ? undefined : state.version,
    configurationValues:
      wanted.configurationValues === undefined ? undefined : (state.configurationValues ?? ''),
  });
}

const sorted = (associations: NonNullable<AddonState['podIdentityAssociations']>) =>
  [...associations].sort((a, b) => (a.serviceAccount < b.serviceAccount ? -1 : 1));

async function read(calls: Calls, change: AddonChange): Promise<Live<'addon'>> {
  const { cluster, addon: name } = change.target;
  const found = await settledAddon(calls, cluster, name);
  if (found === null) return { state: null };
  const owned = (await ownedBy(calls.eks(), cluster, found)) ?? undefined;
  if (owned === undefined) throw new StaleWriteError(targetKey(change));
  const associations = owned.map(({ serviceAccount = '', roleArn = '' }) => ({ serviceAccount, roleArn }));
  return present({
    arn: found.addonArn,
    state: present({
      version: found.addonVersion,
      configurationValues: found.configurationValues || undefined,
      serviceAccountRoleArn: found.serviceAccountRoleArn,
      podIdentityAssociations: associations.length === 0 ? undefined : sorted(associations),
    }),
  });
}

async function write(calls: Calls, change: AddonChange, live: Live<'addon'> | null): Promise<void> {
  const { before, after, target } = change;
  if (after === null) return before === null ? undefined : remove(calls, target.cluster, target.addon);
  if (before === null) return create(calls, change, after);
  if (live?.state === null || live === null) throw new StaleWriteError(targetKey(change));
  return update(calls, change, live.state, after);
}

async function create(calls: Calls, change: AddonChange, after: AddonState): Promise<void> {
  const { cluster: clusterName, addon: addonName } = change.target;
  try {
    await calls.eks().send(
      new CreateAddonCommand({
        clusterName,
        addonName,
        resolveConflicts: 'NONE',
        clientRequestToken: calls.token,
        ...present({
          addonVersion: after.version,
          configurationValues: after.configurationValues,
          serviceAccountRoleArn: after.serviceAccountRoleArn,
          podIdentityAssociations: list(after),
        }),
      }),
    );
  } catch (error) {
    // An earlier attempt's add-on, or somebody else's: reading back tells.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const made = await settledAddon(calls, clusterName, addonName);
  if (made?.status !== 'ACTIVE') throw failed(`The installation of ${addonName} in ${clusterName}`, made);
}

function failed(what: string, found: Addon | null): FailedUpdateError {
  const issues = (found?.health?.issues ?? []).map(({ code, message }) => `${code}: ${message}`);
  return new FailedUpdateError(what, [found?.status ?? 'it is gone', ...issues]);
}

const list = ({ podIdentityAssociations }: AddonState) =>
  podIdentityAssociations?.map(({ serviceAccount, roleArn }) => ({ serviceAccount, roleArn }));

/**
 * An empty list deletes what the add-on owns: it is sent where the plan has it, or takes away what it says was there, and
 * never for a list that it leaves out.
 */
async function update(
  calls: Calls,
  { target, before }: AddonChange,
  live: AddonState,
  after: AddonState,
): Promise<void> {
  const { cluster: clusterName, addon: addonName } = target;
  const answer = await calls.eks().send(
    new UpdateAddonCommand({
      clusterName,
      addonName,
      resolveConflicts: 'PRESERVE',
      clientRequestToken: calls.token,
      ...present({
        addonVersion: after.version ?? live.version,
        configurationValues: after.configurationValues ?? live.configurationValues,
        serviceAccountRoleArn: after.serviceAccountRoleArn,
        podIdentityAssociations: list(after) ?? (hasAssociations(before) ? [] : undefined),
      }),
    }),
  );
  await updateIsThrough(calls, clusterName, answer.update?.id, addonName);
}

const hasAssociations = (state: AddonState | null): boolean =>
  (state?.podIdentityAssociations ?? []).length > 0;

async function remove(calls: Calls, clusterName: string, addonName: string): Promise<void> {
  try {
    await calls.eks().send(new DeleteAddonCommand({ clusterName, addonName }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  const left = await settledAddon(calls, clusterName, addonName);
  if (left !== null) throw failed(`The removal of ${addonName} from ${clusterName}`, left);
}
