import { HUB_ACCOUNT, TARGET_ACCOUNT } from '../furnished-organization.ts';
import { ACCOUNT } from '../simulated-cluster.ts';

const SUSPENDED = '555566667777';
const [ROOT, UNIT, POLICY] = ['r-ab12', 'ou-ab12-1', 'p-perimeter'];

interface Input {
  readonly ParentId?: string;
  readonly NextToken?: string;
}

/** Answers as Organizations does for the furnished organization: a root, a unit, a policy, and a suspended account. */
export function answerOrganizations(operation: string, input: Input, partial: boolean): object {
  const list = (name: string, items: readonly object[]) => {
    const start = Number(input.NextToken ?? 0);
    const end = partial ? start + 1 : items.length;
    return { [name]: items.slice(start, end), ...(end < items.length && { NextToken: String(end) }) };
  };
  const isRoot = input.ParentId === ROOT;
  switch (operation) {
    case 'ListAccounts':
      return list('Accounts', [
        ...[ACCOUNT, TARGET_ACCOUNT, HUB_ACCOUNT].map((Id) => ({ Id, State: 'ACTIVE' })),
        { Id: SUSPENDED, State: 'SUSPENDED' },
      ]);
    case 'DescribeOrganization':
      return { Organization: { Id: 'o-a1b2c3d4e5', MasterAccountId: HUB_ACCOUNT } };
    case 'ListRoots':
      return list('Roots', [
        { Id: ROOT, PolicyTypes: [{ Type: 'RESOURCE_CONTROL_POLICY', Status: 'ENABLED' }] },
      ]);
    case 'ListOrganizationalUnitsForParent':
      return list('OrganizationalUnits', isRoot ? [{ Id: UNIT }] : []);
    case 'ListAccountsForParent':
      return list(
        'Accounts',
        (isRoot ? [HUB_ACCOUNT] : [ACCOUNT, TARGET_ACCOUNT]).map((Id) => ({ Id })),
      );
    case 'ListPolicies':
      return list('Policies', [{ Id: POLICY, Name: 'perimeter' }]);
    case 'ListTargetsForPolicy':
      return list('Targets', [{ TargetId: ROOT }, { TargetId: UNIT }]);
    case 'DescribePolicy':
      return {
        Policy: { PolicySummary: { Id: POLICY }, Content: '{"Version":"2012-10-17","Statement":[]}' },
      };
    default:
      throw new Error(`Organizations does not answer ${operation} here.`);
  }
}
