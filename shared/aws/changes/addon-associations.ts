import {
  type Addon,
  DescribePodIdentityAssociationCommand,
  type EKSClient,
  ListPodIdentityAssociationsCommand,
  type PodIdentityAssociation,
  UpdateAddonCommand,
} from '@aws-sdk/client-eks';
import { type ChangeOf, targetKey } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, required } from '../reads/listed.ts';
import type { Calls } from './adapter.ts';
import { ImpossibleChangeError } from './errors.ts';
import { settledAddon, updateIsThrough } from './updates.ts';

type AssociationChange = ChangeOf<'pod-identity-association'>;

const OWNER = /^arn:[^:]+:eks:[^:]+:\d{12}:addon\/([^/]+)\/([^/]+)\/[^/]+$/;

/** The add-on that an owner's ARN names, if it is one of the target's cluster. Throws ImpossibleChangeError. */
export function addonNamed(ownerArn: string, { cluster }: AssociationChange['target']): string {
  const [, of, name] = OWNER.exec(ownerArn) ?? [];
  if (of === cluster && name !== undefined) return name;
  throw new ImpossibleChangeError(ownerArn, `its owner is no add-on of the cluster ${cluster}`);
}

/**
 * Changes an association that an add-on owns: the add-on takes the whole list of what it owns, and the rest of its
 * configuration is sent as it is, so that nothing else changes (EKS API reference, UpdateAddon: what is left out of the
 * list is deleted).
 */
export async function writeThroughAddon(
  calls: Calls,
  change: AssociationChange,
  ownerArn: string,
): Promise<void> {
  const { target, before, after } = change;
  const addonName = addonNamed(ownerArn, target);
  const addon = await settledAddon(calls, target.cluster, addonName);
  if (addon === null || addon.addonArn !== ownerArn) throw new StaleWriteError(targetKey(change));
  const owned = await ownedBy(calls.eks(), target.cluster, addon);
  if (owned === null) throw new StaleWriteError(targetKey(change));
  const others = owned.filter((one) => !isTarget(one, target));
  if (others.length < owned.length !== (before !== null)) throw new StaleWriteError(targetKey(change));
  checkPlain(change, owned);
  const wanted = others.map(({ serviceAccount, roleArn }) => ({ serviceAccount, roleArn }));
  if (after !== null) wanted.push({ serviceAccount: target.serviceAccount, roleArn: after.roleArn });
  const { update } = await calls.eks().send(
    new UpdateAddonCommand({
      clusterName: target.cluster,
      addonName,
      clientRequestToken: calls.token,
      resolveConflicts: 'PRESERVE',
      podIdentityAssociations: wanted,
      ...present({
        addonVersion: addon.addonVersion,
        configurationValues: addon.configurationValues || undefined,
        serviceAccountRoleArn: addon.serviceAccountRoleArn,
      }),
    }),
  );
  await updateIsThrough(calls, target.cluster, update?.id, addonName);
}

/**
 * The roles that the add-on's request names besides the change's. Waits until nothing is under way with it, since an
 * update takes associations away and makes them anew.
 */
export async function passedWith(
  calls: Calls,
  { target }: AssociationChange,
  ownerArn: string,
): Promise<readonly string[]> {
  const addon = await settledAddon(calls, target.cluster, addonNamed(ownerArn, target));
  if (addon === null) return [];
  const owned = (await ownedBy(calls.eks(), target.cluster, addon)) ?? [];
  const others = owned.filter((one) => !isTarget(one, target)).map(({ roleArn }) => roleArn);
  return [...others, addon.serviceAccountRoleArn].filter((role) => role !== undefined);
}

const isTarget = (
  { namespace, serviceAccount }: PodIdentityAssociation,
  target: AssociationChange['target'],
): boolean => namespace === target.namespace && serviceAccount === target.serviceAccount;

/** An add-on's request knows ServiceAccounts and roles, and would lose anything else that its associations have. */
function checkPlain(change: AssociationChange, owned: readonly PodIdentityAssociation[]): void {
  const special = [...owned, change.before, change.after].find(
    (one) =>
      one?.targetRoleArn !== undefined || one?.policy !== undefined || one?.disableSessionTags === true,
  );
  if (special === undefined || special === null) return;
  throw new ImpossibleChangeError(
    targetKey(change),
    'the add-on that owns it knows no target roles, policies and switched-off tags',
  );
}

/** The associations that an add-on owns; null when its own list tells of others than the cluster's. */
export async function ownedBy(
  eks: EKSClient,
  clusterName: string,
  { addonArn, podIdentityAssociations = [] }: Addon,
): Promise<PodIdentityAssociation[] | null> {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await eks.send(
      new ListPodIdentityAssociationsCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
    );
    for (const one of required(page.associations, 'associations')) {
      if (one.ownerArn === addonArn) ids.push(required(one.associationId, 'associationId'));
    }
    nextToken = page.nextToken || undefined;
  } while (nextToken !== undefined);
  const described = await Promise.all(
    ids.map((associationId) =>
      eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
    ),
  );
  const owned = described.map(({ association }) => required(association, 'association'));
  const known = new Set(owned.map(({ associationArn }) => associationArn));
  const complete =
    known.size === new Set(podIdentityAssociations).size &&
    podIdentityAssociations.every((arn) => known.has(arn));
  return complete ? owned : null;
}
