import type { Change } from '../../changes/change.ts';
import { isDeletedPrincipal } from '../../iam/deleted-principal.ts';
import { parsePolicy } from '../../iam/parse.ts';

/**
 * Why IAM would refuse documents that changes write: it takes no principal that is gone, not even one that stood there
 * before. Such an id has to be removed first, and nothing else can be written to the policy until then.
 */
export function refusedPrincipals(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => {
    if (change.kind !== 'trust-policy' || change.after === null) return [];
    const statements = parsePolicy(change.after, 'trust').policy?.statements ?? [];
    const gone = statements
      .flatMap(({ principal }) => principal?.entries ?? [])
      .filter(({ kind, value }) => kind === 'AWS' && isDeletedPrincipal(value));
    const ids = [...new Set(gone.map(({ value }) => value))];
    return ids.length === 0
      ? []
      : [
          `IAM refuses every new policy of ${change.target.arn} that names ${ids.join(', ')}, which was deleted: repair no-degraded-principal of the role first.`,
        ];
  });
}
