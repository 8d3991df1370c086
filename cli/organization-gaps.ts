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

/** How many accounts the line names before it only counts them. */
const NAMED = 5;

/** Which accounts were not read and count as without clusters, in a line. Null: none. */
export function clusterlessLine(accounts: readonly string[]): string | null {
  if (accounts.length === 0) return null;
  const more = accounts.length > NAMED ? ` and ${accounts.length - NAMED} more` : '';
  return `podtrust: not read, and without clusters as the configuration says (organization.clusterless): ${accounts.slice(0, NAMED).join(', ')}${more}.\n`;
}
