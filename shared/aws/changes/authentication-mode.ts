import {
  type Cluster,
  DescribeClusterCommand,
  ResourceNotFoundException,
  UpdateClusterConfigCommand,
} from '@aws-sdk/client-eks';
import { type ChangeOf, type StateOf, targetKey } from '../../changes/change.ts';
import { required } from '../reads/listed.ts';
import type { Adapter, Calls, Live } from './adapter.ts';
import { untilDone } from './awaiting.ts';
import { ImpossibleChangeError } from './errors.ts';
import { clusterArns } from './names.ts';
import { updateIsThrough } from './updates.ts';

type ModeChange = ChangeOf<'authentication-mode'>;

const NEXT: Readonly<Record<StateOf<'authentication-mode'>, string>> = {
  CONFIG_MAP: 'API_AND_CONFIG_MAP',
  API_AND_CONFIG_MAP: 'API',
  API: '',
};

/** The authentication mode of a cluster: one step forward, and never back (EKS user guide, "Change authentication mode"). */
export const authenticationMode: Adapter<'authentication-mode'> = {
  permissions: {
    read: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
    update: [
      { actions: ['eks:DescribeUpdate'], on: 'cluster' },
      { actions: ['eks:UpdateClusterConfig'], on: 'cluster', by: 'eks:authenticationMode' },
    ],
  },
  resources: ({ target, after }) => ({
    arns: { cluster: [clusterArns(target).cluster] },
    values: { 'eks:authenticationMode': after ?? '' },
  }),
  same: (live, wanted) => live === wanted,
  read,
  looksFirst: true,
  write,
};

/** Read once no update is under way, which might be of the mode. */
async function read(calls: Calls, { target }: ModeChange): Promise<Live<'authentication-mode'>> {
  const cluster = await untilDone(
    () => found(calls, target.cluster),
    (one) => one?.status !== 'UPDATING',
    calls.patience,
    () => ({ what: `The cluster ${target.cluster}`, state: 'UPDATING' }),
  );
  if (cluster === null) return { state: null };
  return { state: required(cluster.accessConfig?.authenticationMode, 'authenticationMode') };
}

async function found(calls: Calls, name: string): Promise<Cluster | null> {
  try {
    return required((await calls.eks().send(new DescribeClusterCommand({ name }))).cluster, 'cluster');
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
}

async function write(calls: Calls, change: ModeChange): Promise<void> {
  const { before, after, target } = change;
  if (before === null || after === null || NEXT[before] !== after) {
    throw new ImpossibleChangeError(
      targetKey(change),
      'the authentication mode goes from CONFIG_MAP to API_AND_CONFIG_MAP to API, one step at a time',
    );
  }
  const { update } = await calls.eks().send(
    new UpdateClusterConfigCommand({
      name: target.cluster,
      accessConfig: { authenticationMode: after },
      clientRequestToken: calls.token,
    }),
  );
  await updateIsThrough(calls, target.cluster, update?.id);
}
