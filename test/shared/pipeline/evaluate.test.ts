import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../shared/config/config.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { LostClaimError } from '../../../shared/pipeline/errors.ts';
import { evaluate } from '../../../shared/pipeline/evaluate.ts';
import { noticeSchema } from '../../../shared/pipeline/notice.ts';
import { evaluationOf, memoryClaims, silent } from '../../support/pipeline.ts';

const ACCOUNT = '111122223333';
const everyone =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}';

const role = (name: string) => ({
  arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  trustPolicy: everyone,
  attachedPolicies: [],
  inlinePolicies: [],
});

type Account = Snapshot['accounts'][number];

function snapshot(account: Partial<Account>, coverage: Snapshot['coverage'] = []): string {
  const accounts = [
    { id: ACCOUNT, partition: 'aws', policies: [], oidcProviders: [], regions: [], ...account },
  ];
  return JSON.stringify({
    schemaVersion: 1,
    takenAt: '2026-11-20T09:14:10Z',
    accounts,
    coverage,
  } satisfies Snapshot);
}

async function evaluated(text: string) {
  const kept = new Map([['snapshot', text]]);
  const run = evaluate({
    claims: memoryClaims(kept),
    telemetry: silent,
    config: defaultConfig,
    hash: sha256,
  });
  const { key, ...rest } = await run(evaluationOf(), 'snapshot');
  const notices = noticeSchema.array().parse(JSON.parse(kept.get(key) ?? ''));
  return {
    ...rest,
    told: notices.map((each) => (each.type === 'finding' ? each.finding.rule : each.reason)),
  };
}

const denied = { read: 'iam:GetAccountAuthorizationDetails', reason: 'AccessDenied' };

describe('evaluate', () => {
  it('tells what is wrong with the role, and nothing of other roles', async () => {
    const text = snapshot({ roles: [role('pods/Payments-API'), role('someone-else')] });
    expect(await evaluated(text)).toMatchObject({ notices: 1, told: ['no-public-trust'] });
  });

  it.each<[string, string, object]>([
    ['a role that is gone', snapshot({ roles: [role('other')] }), { notices: 0, undecided: 0 }],
    ['an account without roles', snapshot({ roles: [] }), { notices: 0, undecided: 0 }],
  ])('%s has nothing to tell', async (_name, text, expected) => {
    expect(await evaluated(text)).toMatchObject(expected);
  });

  it.each<[string, string, string]>([
    ['roles that were not read', snapshot({}), 'the roles of the account were not read'],
    [
      'roles of which a part was read',
      snapshot({ roles: [role('other')] }, [{ account: ACCOUNT, ...denied }]),
      'AccessDenied',
    ],
    [
      'an account that could not be entered',
      snapshot({}, [{ account: ACCOUNT, read: 'sts:AssumeRole', reason: 'refused' }]),
      'sts:AssumeRole: refused',
    ],
    ['an account that is not in the snapshot', snapshot({ id: '999999999999' }), 'not read'],
  ])('%s are told as not judged', async (_name, text, reason) => {
    const { told, undecided } = await evaluated(text);
    expect(told).toEqual([expect.stringContaining(reason)]);
    expect(undecided).toBe(1);
  });

  it('goes by the gaps of the account alone', async () => {
    const elsewhere = [{ account: '999999999999', ...denied }];
    expect(await evaluated(snapshot({ roles: [] }, elsewhere))).toMatchObject({ notices: 0 });
  });

  it.each([
    ['no JSON', '{'],
    ['no snapshot', '{"schemaVersion":99}'],
  ])('%s is an error, not silence', async (_name, text) => {
    await expect(evaluated(text)).rejects.toThrow(LostClaimError);
  });
});
