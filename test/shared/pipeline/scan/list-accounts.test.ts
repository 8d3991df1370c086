import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../../shared/config/config.ts';
import {
  type Listed,
  listAccounts,
  type OrganizationListing,
} from '../../../../shared/pipeline/scan/list-accounts.ts';
import { memoryClaims, silent } from '../../../support/pipeline.ts';

const OWN = '111122223333';
const OTHER = '444455556666';
const SUSPENDED = '777788889999';
const CLOSED = '000011112222';
const AT = new Date('2026-11-20T09:00:00Z');

const listing: OrganizationListing = {
  accounts: [OTHER],
  leftOut: ['999900001111'],
  clusterless: ['888800001111', OWN],
  unusable: [CLOSED, SUSPENDED],
  complete: true,
  organization: { id: 'o-a1b2c3d4e5' },
  coverage: [
    { account: SUSPENDED, read: 'sts:AssumeRole', reason: 'the account is suspended' },
    { read: 'organizations:ListPolicies', reason: 'AccessDenied' },
  ],
};

async function listed(deployment: object): Promise<{ listed: Listed; items: unknown; asked: unknown[] }> {
  const kept = new Map<string, string>();
  const asked: unknown[] = [];
  const output = await listAccounts({
    claims: memoryClaims(kept),
    ownAccount: async () => OWN,
    organization: async (choice) => {
      asked.push(choice);
      return listing;
    },
    deployment: configSchema.parse({ deployment }).deployment,
    clusterless: ['888800001111'],
    telemetry: silent,
  })('execution one', AT);
  expect(output).toMatchObject({ scan: '2026-11-20T09-00-00Z-execution-one', concurrency: 40 });
  return {
    listed: JSON.parse(kept.get(`scans/${output.scan}/listed.json`) ?? ''),
    items: JSON.parse(kept.get(output.accounts) ?? ''),
    asked,
  };
}

describe('the accounts of a scan', () => {
  it.each([
    ['nothing said: the hub’s own', {}, [OWN]],
    ['members by account: these and the hub’s own', { members: { accounts: [OTHER] } }, [OWN, OTHER]],
    [
      'accounts of the scan win over members',
      { members: { organization: 'o-a1b2c3d4e5' }, scan: { accounts: [OTHER, OTHER] } },
      [OWN, OTHER],
    ],
  ])('%s', async (_name, deployment, accounts) => {
    const { listed: result, items, asked } = await listed(deployment);
    expect(items).toEqual(accounts.map((account) => ({ account })));
    expect(result).toMatchObject({ accounts, complete: false, organization: null });
    expect(asked).toEqual([]);
  });

  it.each([
    ['members name it', { members: { organization: 'o-a1b2c3d4e5' } }],
    ['the scan names it', { scan: { accounts: 'organization' } }],
  ])('are those of the organization where %s, and what is left out is said', async (_name, deployment) => {
    const { listed: result } = await listed(deployment);
    expect(result).toEqual({
      accounts: [OWN, OTHER],
      leftOut: [
        { account: SUSPENDED, reason: 'the account is suspended' },
        { account: '999900001111', reason: 'left out by the configuration' },
      ],
      // The hub's own account is read whatever is said of it.
      clusterless: ['888800001111'],
      complete: true,
      organization: {
        id: 'o-a1b2c3d4e5',
        accounts: [CLOSED, OWN, OTHER, SUSPENDED, '888800001111', '999900001111'],
      },
      coverage: [{ read: 'organizations:ListPolicies', reason: 'AccessDenied' }],
    });
  });

  it('are chosen by what the configuration says of units and accounts', async () => {
    const { asked } = await listed({
      scan: { accounts: 'organization', units: ['ou-ab12-11111111'], exceptAccounts: [OTHER] },
    });
    expect(asked).toEqual([
      {
        units: ['ou-ab12-11111111'],
        exceptUnits: [],
        exceptAccounts: [OTHER],
        clusterless: ['888800001111'],
      },
    ]);
  });
});
