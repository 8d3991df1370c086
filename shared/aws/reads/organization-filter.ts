import { OrganizationFilterError } from '../errors.ts';
import type { OrganizationTree } from './organization-tree.ts';

/** Which accounts of an organization are read; all of them when it says nothing. */
export interface OrganizationFilter {
  /** Ids of units or roots: only what is in or below them. */
  readonly units?: readonly string[];
  /** Ids of units: nothing that is in or below them. Stronger than `units`. */
  readonly exceptUnits?: readonly string[];
  readonly exceptAccounts?: readonly string[];
  /** Ids of accounts that are said to have no clusters: where one is not read, that hides none. */
  readonly clusterless?: readonly string[];
}

interface Chosen {
  readonly chosen: readonly string[];
  readonly leftOut: readonly string[];
}

/**
 * The accounts in use that a filter lets through, and the others; `listed` has the others of the organization, too. Throws OrganizationFilterError: a name that is a slip of the
 * pen must not read what was to be left out, nor leave out what was to be read.
 */
export function chosenAccounts(
  accounts: readonly string[],
  listed: ReadonlySet<string | undefined>,
  tree: OrganizationTree | null,
  { units = [], exceptUnits = [], exceptAccounts = [] }: OrganizationFilter,
): Chosen {
  const named = [...units, ...exceptUnits];
  if (named.length > 0 && tree === null)
    throw new OrganizationFilterError(
      `Which accounts are in ${named.join(', ')} cannot be said: the tree of the organization could not be read. Grant organizations:ListRoots, organizations:ListOrganizationalUnitsForParent and organizations:ListAccountsForParent, or leave out the units.`,
    );
  const unknown =
    named.find((unit) => tree?.units.has(unit) === false) ??
    exceptAccounts.find((account) => !listed.has(account));
  if (unknown !== undefined)
    throw new OrganizationFilterError(
      `The organization has no ${/^\d/.test(unknown) ? 'account' : 'unit'} ${unknown}. Check the id.`,
    );
  const isChosen = (account: string): boolean => {
    const above = (tree?.paths[account] ?? '').split('/');
    if (exceptAccounts.includes(account) || above.some((unit) => exceptUnits.includes(unit))) return false;
    return units.length === 0 || above.some((unit) => units.includes(unit));
  };
  return {
    chosen: accounts.filter(isChosen),
    leftOut: accounts.filter((account) => !isChosen(account)),
  };
}
