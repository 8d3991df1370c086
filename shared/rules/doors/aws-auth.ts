import type { ClusterView } from '../../estate/estate.ts';
import type { Where } from '../../findings/finding.ts';
import { awsAuthOf } from '../../identity/access/aws-auth.ts';
import { describeProblem } from '../../kubernetes/aws-auth/describe-problem.ts';
import type { AwsAuthProblem, AwsAuthProblemKind } from '../../kubernetes/aws-auth/problem.ts';
import { clusterWhere } from '../places.ts';
import type { Scope } from '../scope.ts';
import { awsAuthClusters } from './ways-in.ts';

/** A slip in a cluster's aws-auth, or none, for a cluster whose aws-auth has none of the kind. */
export interface MapSlip {
  readonly cluster: ClusterView;
  readonly problem: AwsAuthProblem | null;
}

/** The slips of some kinds in every aws-auth that counts; a cluster without one gives one subject that passes. */
export function mapSlips(scope: Scope, isMeant: (problem: AwsAuthProblem) => boolean): MapSlip[] {
  return awsAuthClusters(scope).flatMap((cluster): MapSlip[] => {
    if (!cluster.kubernetes.data.awsAuth) return [];
    const slips = new Map<string, AwsAuthProblem>();
    const { problems } = awsAuthOf(cluster);
    for (const problem of problems) {
      if (followsFrom(problem, problems)) continue;
      const name = slipIdentity(problem).join('\n');
      if (isMeant(problem) && !slips.has(name)) slips.set(name, problem);
    }
    return slips.size === 0
      ? [{ cluster, problem: null }]
      : [...slips.values()].map((problem) => ({ cluster, problem }));
  });
}

/** A row has no ARN because its key is misspelt: one slip. */
function followsFrom(problem: AwsAuthProblem, problems: readonly AwsAuthProblem[]): boolean {
  return (
    problem.kind === 'no-arn' &&
    problems.some(
      (other) =>
        other.kind === 'unknown-key' &&
        other.meant === problem.wanted &&
        other.section === problem.section &&
        other.row === problem.row,
    )
  );
}

/** What is written where the slip is: the same after rows were moved. */
export function slipIdentity(problem: AwsAuthProblem): readonly string[] {
  const parts = ['arn', 'key', 'group', 'template', 'account', 'found', 'wanted'] as const;
  const texts = parts.flatMap((part) => {
    const value: unknown = part in problem ? Reflect.get(problem, part) : undefined;
    return typeof value === 'string' ? [value] : [];
  });
  return [problem.kind, problem.section ?? '', ...texts];
}

/** The place of a slip: the principal, where the slip is about the ARN of one. */
export function slipWhere({ cluster, problem }: MapSlip): Where {
  const arn = problem !== null && 'arn' in problem ? { principal: problem.arn } : {};
  return { ...clusterWhere(cluster), ...arn };
}

/** A slip as evidence. */
export function slipFacts(problem: AwsAuthProblem) {
  const { kind, effect, section, line } = problem;
  return {
    problem: kind satisfies AwsAuthProblemKind,
    effect,
    ...(section !== undefined && { section }),
    ...(line !== undefined && { line }),
    detail: describeProblem(problem),
  };
}
