import type { Policy, Statement } from '../../iam/policy.ts';

/** Whom some statements are about, coarsely: two that have no class in common never apply to one caller. Null: everyone. */
export type CallerClasses = ReadonlySet<string> | null;

/** The classes of callers that statements name: providers and services by themselves, principals of IAM as one class. */
export function classesOf(statements: readonly Statement[]): CallerClasses {
  const classes = new Set<string>();
  for (const { principal } of statements) {
    if (principal === undefined || principal.negated || principal.everyone) return null;
    for (const { kind, value } of principal.entries) {
      if (value.includes('*')) return null;
      const alone = kind === 'Federated' || kind === 'Service';
      classes.add(alone ? `${kind} ${value.toLowerCase()}` : 'AWS');
    }
  }
  return classes;
}

/**
 * A policy without the statements that never apply to callers of some classes. Comparing two policies that differ only in
 * statements about these callers comes out the same, and much faster.
 */
export function concerned(policy: Policy, classes: CallerClasses): Policy {
  if (classes === null) return policy;
  const statements = policy.statements.filter((statement) => {
    const own = classesOf([statement]);
    return own === null || !own.isDisjointFrom(classes);
  });
  return statements.length === policy.statements.length ? policy : { ...policy, statements };
}
