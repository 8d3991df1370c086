import type { CoverageGap } from '../shared/estate/snapshot.ts';
import { plain } from './output/plain.ts';

/** That Organizations did not tell everything, in a line: what was read may look like the whole. Null: it did. */
export function organizationGaps(coverage: readonly CoverageGap[]): string | null {
  const gaps = coverage.filter(({ read }) => read.startsWith('organizations:'));
  const [first] = gaps;
  if (first === undefined) return null;
  const more = gaps.length > 1 ? ` and ${gaps.length - 1} more` : '';
  const accounts = gaps.some(({ read }) => read === 'organizations:ListAccounts')
    ? 'accounts may be missing, and '
    : '';
  return `podtrust: not everything of the organization was read (${first.read}: ${plain(first.reason, 200)}${more}): ${accounts}what rests on it stays unknown.\n`;
}
