import { describe, expect, it } from 'vitest';
import { SNAPSHOT_VERSION, type Snapshot } from '../../../shared/estate/snapshot.ts';
import { LostClaimError } from '../../../shared/pipeline/errors.ts';
import { effectiveBefore } from '../../../shared/pipeline/repair/effective-before.ts';
import { ACCOUNT, findingOf } from '../../support/findings.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/shop`;
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/E4EDAA36434EF2510C632D4E86A538CC`;
const EARLIER = '2026-11-22T08:00:00Z';
const FIRST_SEEN = '2026-11-22T09:00:00Z';

const trust = (subject: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${PROVIDER.slice(PROVIDER.indexOf('/') + 1)}:sub`]: subject },
      },
    },
  });

const reading = (roles: string | null, more: Partial<Snapshot> = {}, providers = [PROVIDER]): Snapshot => ({
  schemaVersion: SNAPSHOT_VERSION,
  takenAt: EARLIER,
  accounts: [
    {
      id: ACCOUNT,
      partition: 'aws',
      roles: roles === null ? [] : [{ arn: ROLE, trustPolicy: trust(roles) }],
      oidcProviders: providers.map((arn) => ({ arn, clientIds: ['sts.amazonaws.com'] })),
      regions: [],
    },
  ],
  coverage: [],
  ...more,
});

const CART = 'system:serviceaccount:shop:cart';
const asked: string[] = [];

/** What is said of the role where an earlier reading was kept, or none; null: its claim is gone. */
async function said(earlier: Snapshot | null | undefined, finding: object = {}, now = reading('shop/cart')) {
  return effectiveBefore(
    ROLE,
    { finding: findingOf({ role: ROLE, ...finding }), firstSeen: FIRST_SEEN },
    now,
    {
      history: {
        before: async (_account, time) => {
          asked.push(time);
          return earlier === undefined ? null : { takenAt: EARLIER, key: 'kept' };
        },
      },
      claims: {
        put: async () => undefined,
        get: async (key) => {
          if (earlier === null || earlier === undefined) throw new LostClaimError(key, 'it is gone');
          return JSON.stringify(earlier);
        },
      },
    },
  );
}

describe('what was effective before a finding was there', () => {
  it.each<[string, Parameters<typeof said>, string]>([
    ['is what the newest reading from before it says', [reading(CART)], `on ${EARLIER} it let in: tokens of`],
    ['names who got in', [reading(CART)], CART],
    [
      'leaves out providers that the account did not have',
      [reading(CART, {}, [])],
      `on ${EARLIER} it let in: not everyone`,
    ],
    ['says that the role did not exist', [reading(null)], `on ${EARLIER} the role did not exist`],
    [
      'is not known where nothing is kept',
      [undefined],
      `not known: nothing that was read before ${FIRST_SEEN}`,
    ],
    ['is not known where what was kept is gone', [null], `not known: what was read on ${EARLIER} is gone`],
    [
      'is not known where the roles were not read then',
      [
        reading(null, {
          accounts: [{ id: ACCOUNT, partition: 'aws', regions: [] }],
          coverage: [
            { account: ACCOUNT, read: 'iam:GetAccountAuthorizationDetails', reason: 'AccessDenied' },
          ],
        }),
      ],
      `not known: on ${EARLIER} the role was not read`,
    ],
    [
      'is the before-image that a finding of a widened policy keeps',
      [
        undefined,
        {
          rule: 'no-widened-trust',
          evidence: { baseline: trust(CART), baselineReadAt: '2026-11-21T00:00:00Z' },
        },
      ],
      `on 2026-11-21T00:00:00Z it let in: tokens of`,
    ],
  ])('%s', async (_name, given, words) => {
    expect(await said(...given)).toContain(words);
  });

  it('asks for nothing that was read with the finding, or later', async () => {
    await said(reading(CART));
    expect(new Set(asked)).toEqual(new Set([FIRST_SEEN]));
  });
});
