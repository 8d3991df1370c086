import type { AwsAuthSection } from './parsed.ts';

/** What a slip costs: the whole section, the row, a change of what the row grants, or nothing yet. */
type Effect = 'section-lost' | 'row-lost' | 'row-altered' | 'none';

interface Base {
  readonly effect: Effect;
  /** Absent for the ConfigMap's own keys. */
  readonly section?: AwsAuthSection;
  /** Counted from 1 in the section's text. */
  readonly line?: number;
  readonly column?: number;
  /** Position of the row in its section, from 0. */
  readonly row?: number;
}

/** Something in `aws-auth` that does not do what it seems to. `describeProblem` puts it in words. */
export type AwsAuthProblem = Base &
  (
    | {
        readonly kind: 'unreadable';
        readonly reason: string;
        readonly since?: { line: number; column: number };
      }
    | { readonly kind: 'not-a-list'; readonly found: string }
    | { readonly kind: 'ignored-document' }
    | { readonly kind: 'unknown-data-key'; readonly key: string; readonly meant?: string }
    | { readonly kind: 'not-a-row'; readonly found: string }
    | { readonly kind: 'no-arn'; readonly wanted: string }
    | { readonly kind: 'unknown-key'; readonly key: string; readonly meant?: string }
    | { readonly kind: 'repeated-key'; readonly key: string }
    | { readonly kind: 'wrong-type'; readonly key: string; readonly found: string; readonly wanted: string }
    | { readonly kind: 'wrong-group'; readonly found: string }
    | { readonly kind: 'joined-groups'; readonly group: string }
    | { readonly kind: 'no-username' }
    | { readonly kind: 'unknown-template'; readonly template: string; readonly meant?: string }
    | { readonly kind: 'not-an-arn'; readonly arn: string; readonly reason: string }
    | { readonly kind: 'assumed-role'; readonly arn: string; readonly meant: string }
    | { readonly kind: 'role-path'; readonly arn: string; readonly meant: string }
    | { readonly kind: 'wildcard'; readonly arn: string }
    | { readonly kind: 'root'; readonly arn: string }
    | { readonly kind: 'not-an-identity'; readonly arn: string; readonly resource: string }
    | { readonly kind: 'unknown-partition'; readonly arn: string; readonly partition: string }
    | { readonly kind: 'wrong-account'; readonly account: string }
    | { readonly kind: 'not-an-account'; readonly found: string }
    | {
        readonly kind: 'duplicate';
        readonly arn: string;
        /** Position of the row that counts. */
        readonly winner: number;
        /** True when it grants the same. */
        readonly alike: boolean;
      }
  );

export type AwsAuthProblemKind = AwsAuthProblem['kind'];
