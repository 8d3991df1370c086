import { describe, expect, it } from 'vitest';
import { chosenAccounts, type OrganizationFilter } from '../../../../shared/aws/reads/organization-filter.ts';

const [ROOT, PROD, SHOP, SAND] = ['r-ab12', 'ou-ab12-11111111', 'ou-ab12-22222222', 'ou-ab12-33333333'];
const TREE = {
  paths: { '1': ROOT, '2': `${ROOT}/${PROD}`, '3': `${ROOT}/${PROD}/${SHOP}` },
  units: new Set([ROOT, PROD, SHOP, SAND]),
  policyTypes: new Map(),
};
const ACCOUNTS = ['1', '2', '3', '4'];
const LISTED = new Set([...ACCOUNTS, '9']);

const chosen = (filter: OrganizationFilter, tree: typeof TREE | null = TREE) =>
  chosenAccounts(ACCOUNTS, LISTED, tree, filter);

describe('of an organization', () => {
  it.each<[string, OrganizationFilter, string[]]>([
    ['everything is read unless told', {}, ACCOUNTS],
    ['a unit has what is in it and below', { units: [PROD] }, ['2', '3']],
    ['several units have what any of them has', { units: [SHOP, PROD] }, ['2', '3']],
    ['the root has all that hang in the tree', { units: [ROOT] }, ['1', '2', '3']],
    ['an empty unit has nothing', { units: [SAND] }, []],
    ['a unit that is left out takes what is below with it', { exceptUnits: [PROD] }, ['1', '4']],
    ['leaving out is stronger than reading', { units: [PROD], exceptUnits: [SHOP] }, ['2']],
    ['single accounts are left out', { exceptAccounts: ['1', '9'] }, ['2', '3', '4']],
  ])('%s', (_, filter, expected) => {
    expect(chosen(filter)).toEqual({
      chosen: expected,
      leftOut: ACCOUNTS.filter((account) => !expected.includes(account)),
    });
  });

  it.each<[string, OrganizationFilter, string]>([
    ['a unit that is not there', { exceptUnits: ['ou-ab12-99999999'] }, 'has no unit ou-ab12-99999999'],
    ['an account that is not there', { exceptAccounts: ['777788889999'] }, 'has no account 777788889999'],
  ])('%s is refused', (_, filter, says) => {
    expect(() => chosen(filter)).toThrow(says);
  });

  it('units are refused where the tree was not read, accounts are not', () => {
    expect(() => chosen({ units: [PROD] }, null)).toThrow('the tree of the organization could not be read');
    expect(chosen({ exceptAccounts: ['1'] }, null).chosen).toEqual(['2', '3', '4']);
  });
});
