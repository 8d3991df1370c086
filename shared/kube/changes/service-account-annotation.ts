import type { Adapter, Calls, Live } from '../../aws/changes/adapter.ts';
import { clusterArns } from '../../aws/changes/names.ts';
import { type ChangeOf, targetKey } from '../../changes/change.ts';
import { StaleWriteError } from '../../changes/write-errors.ts';
import { ConflictError } from './objects.ts';

type AnnotationChange = ChangeOf<'service-account-annotation'>;

/** One annotation of a ServiceAccount; a ServiceAccount that does not exist has none. */
export const serviceAccountAnnotation: Adapter<'service-account-annotation'> = {
  permissions: {
    read: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
    create: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
    update: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
    delete: [{ actions: ['eks:DescribeCluster'], on: 'cluster' }],
  },
  resources: ({ target }) => ({ arns: { cluster: [clusterArns(target).cluster] } }),
  same: (live, wanted) => live === wanted,
  read,
  looksFirst: false,
  write,
};

async function read(calls: Calls, { target }: AnnotationChange): Promise<Live<'service-account-annotation'>> {
  const objects = await calls.kubernetes();
  const account = await objects.serviceAccount(target.namespace, target.serviceAccount);
  return { state: annotationIn(account?.annotations, target.annotation) };
}

async function write(calls: Calls, change: AnnotationChange): Promise<void> {
  const { namespace, serviceAccount, annotation } = change.target;
  const objects = await calls.kubernetes();
  const live = await objects.serviceAccount(namespace, serviceAccount);
  if (live === null || annotationIn(live.annotations, annotation) !== change.before) {
    throw new StaleWriteError(targetKey(change));
  }
  try {
    await objects.annotateServiceAccount(
      namespace,
      serviceAccount,
      live.resourceVersion,
      annotation,
      change.after,
    );
  } catch (error) {
    throw error instanceof ConflictError ? new StaleWriteError(targetKey(change), error) : error;
  }
}

const annotationIn = (annotations: Readonly<Record<string, string>> | undefined, name: string) =>
  annotations !== undefined && Object.hasOwn(annotations, name) ? (annotations[name] ?? null) : null;
