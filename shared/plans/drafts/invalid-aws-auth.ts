import type { ClusterView } from '../../estate/estate.ts';
import { awsAuthOf } from '../../identity/access/aws-auth.ts';
import type { AwsAuthProblem } from '../../kubernetes/aws-auth/problem.ts';
import { type Draft, declined } from '../draft.ts';
import { type AwsAuthEdit, draftAwsAuth } from './aws-auth.ts';

/** Corrects a slip of aws-auth where what was meant is written there; everything else is a guess, and declined. */
export function draftCorrection(cluster: ClusterView, problem: AwsAuthProblem, correction: string): Draft {
  const edit = editFor(problem, cluster);
  if (edit === null) return declined(correction);
  return draftAwsAuth(cluster, [edit], {
    title: `Correct aws-auth of cluster ${cluster.cluster.name}: ${correction}`,
    wish: `the row of aws-auth of cluster ${cluster.cluster.name} as whoever may edit it seems to have meant it`,
    else: correction,
  });
}

function editFor(problem: AwsAuthProblem, cluster: ClusterView): AwsAuthEdit | null {
  if (problem.kind === 'unknown-data-key')
    return problem.meant === undefined ? null : { kind: 'rename-key', key: problem.key, to: problem.meant };
  const { section, row } = problem;
  if ((section !== 'mapRoles' && section !== 'mapUsers') || row === undefined) return null;
  switch (problem.kind) {
    case 'assumed-role':
      return { kind: 'set-field', section, row, key: arnKey(cluster, section, row), value: problem.meant };
    case 'unknown-key':
      return problem.meant === undefined
        ? null
        : { kind: 'rename-field', section, row, key: problem.key, to: problem.meant };
    case 'unknown-template': {
      const username = awsAuthOf(cluster).rows.find(
        (one) => one.section === section && one.index === row,
      )?.username;
      return problem.meant === undefined || username?.includes(problem.template) !== true
        ? null
        : {
            kind: 'set-field',
            section,
            row,
            key: 'username',
            value: username.replaceAll(problem.template, problem.meant),
          };
    }
    default:
      return null;
  }
}

/** The key under which a row has its ARN, as it is written. */
export function arnKey(cluster: ClusterView, section: 'mapRoles' | 'mapUsers', row: number): string {
  const wanted = section === 'mapRoles' ? 'rolearn' : 'userarn';
  const written = awsAuthOf(cluster).rows.find(
    (one) => one.section === section && one.index === row,
  )?.written;
  return written?.find(({ key }) => key.toLowerCase() === wanted)?.key ?? wanted;
}
