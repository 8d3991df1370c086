import type { ClusterView } from '../../estate/estate.ts';
import { type AwsAuthEdit, editAwsAuth } from '../aws-auth/edit.ts';
import { type Draft, declined } from '../draft.ts';

/** The smallest edit of aws-auth that does something: comments and all other rows stay as they are written. */
export function draftAwsAuth(
  { account, region, cluster, kubernetes }: ClusterView,
  edits: readonly AwsAuthEdit[],
  words: {
    readonly title: string;
    readonly wish: string;
    readonly notes?: readonly string[];
    readonly approval?: readonly string[];
    readonly else: string;
  },
): Draft {
  const before = kubernetes.data.awsAuth;
  if (before === undefined) return declined('kubernetes:configmaps: aws-auth was not read.');
  const data = editAwsAuth(before?.data ?? {}, edits);
  if (data === null)
    return declined(`No edit of aws-auth leaves everything else as it is written: ${words.else}`);
  return {
    kind: 'draft',
    title: words.title,
    wish: words.wish,
    changes: [
      {
        kind: 'aws-auth',
        target: { account: account.id, region, cluster: cluster.name },
        before: before === null ? null : { data: before.data },
        after: { data },
      },
    ],
    ...(words.notes !== undefined && { notes: words.notes }),
    ...(words.approval !== undefined && { approval: words.approval }),
  };
}

export type { AwsAuthEdit } from '../aws-auth/edit.ts';
