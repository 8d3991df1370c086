import {
  type Addon,
  DescribeAddonCommand,
  DescribeUpdateCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eks';
import { required } from '../reads/listed.ts';
import type { Calls } from './adapter.ts';
import { untilDone } from './awaiting.ts';
import { FailedUpdateError } from './errors.ts';

const UNDER_WAY: ReadonlySet<string | undefined> = new Set(['CREATING', 'UPDATING', 'DELETING']);

/** An add-on once nothing is under way with it; null when there is none. Throws UnfinishedError. */
export async function settledAddon(
  calls: Calls,
  clusterName: string,
  addonName: string,
): Promise<Addon | null> {
  const find = async (): Promise<Addon | null> => {
    try {
      const { addon } = await calls.eks().send(new DescribeAddonCommand({ clusterName, addonName }));
      return required(addon, 'add-on');
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  };
  return untilDone(
    find,
    (addon) => addon === null || !UNDER_WAY.has(addon.status),
    calls.patience,
    (addon) => ({ what: `The add-on ${addonName} of ${clusterName}`, state: addon?.status ?? 'gone' }),
  );
}

/** Waits for an update of a cluster, or of an add-on of it. Throws UnfinishedError and FailedUpdateError. */
export async function updateIsThrough(
  calls: Calls,
  name: string,
  updateId: string | undefined,
  addonName?: string,
): Promise<void> {
  const input = { name, updateId: required(updateId, 'update'), addonName };
  const what = addonName === undefined ? `The update of ${name}` : `The update of ${addonName} in ${name}`;
  const update = await untilDone(
    async () => required((await calls.eks().send(new DescribeUpdateCommand(input))).update, 'update'),
    ({ status }) => status !== 'InProgress',
    calls.patience,
    ({ status }) => ({ what, state: status ?? 'unknown' }),
  );
  if (update.status === 'Successful') return;
  const reasons = (update.errors ?? []).map(({ errorMessage }) => errorMessage ?? '');
  throw new FailedUpdateError(what, reasons);
}
