import type { Adapter, Calls, Live } from '../../aws/changes/adapter.ts';
import { clusterArns } from '../../aws/changes/names.ts';
import { type ChangeOf, canonicalJson, targetKey } from '../../changes/change.ts';
import { mergePatch } from '../../changes/merge-patch.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { ConflictError } from './objects.ts';

type AwsAuthChange = ChangeOf<'aws-auth'>;

const NAMESPACE = 'kube-system';
const NAME = 'aws-auth';

/** The ConfigMap `aws-auth`: written at the `resourceVersion` at which it was as planned, or not at all. */
export const awsAuth: Adapter<'aws-auth'> = {
  permissions: {
    read: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
    create: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
    update: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
    delete: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
  },
  resources: ({ target }) => ({ arns: { cluster: [clusterArns(target).cluster] } }),
  same: (live, wanted) => canonicalJson(live) === canonicalJson(wanted),
  read,
  looksFirst: false,
  write,
};

async function read(calls: Calls): Promise<Live<'aws-auth'>> {
  const objects = await calls.kubernetes();
  const map = await objects.configMap(NAMESPACE, NAME);
  return { state: map === null ? null : { data: { ...map.data } } };
}

async function write(calls: Calls, change: AwsAuthChange): Promise<void> {
  const { before, after } = change;
  const objects = await calls.kubernetes();
  try {
    if (before === null) {
      if (after !== null) await objects.createConfigMap(NAMESPACE, NAME, after.data);
      return;
    }
    const live = await objects.configMap(NAMESPACE, NAME);
    if (live === null || canonicalJson(live.data) !== canonicalJson(before.data)) {
      throw new StaleWriteError(targetKey(change));
    }
    if (after === null) await objects.deleteConfigMap(NAMESPACE, NAME, live.resourceVersion);
    else
      await objects.patchConfigMap(NAMESPACE, NAME, live.resourceVersion, mergePatch(live.data, after.data));
  } catch (error) {
    throw error instanceof ConflictError ? new StaleWriteError(targetKey(change), error) : error;
  }
}
