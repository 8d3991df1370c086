import { expect, it } from 'vitest';
import {
  type JudgedCaller,
  type JudgedDocument,
  judgeAwsAuth,
} from '../support/kubernetes/aws-auth-judge.ts';

const session = (role: string, name: string): JudgedCaller => ({
  arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
  account: '111122223333',
  userId: `AROAEXAMPLE:${name}`,
  accessKeyId: 'ASIAEXAMPLE',
});
const user = (path: string, account = '111122223333'): JudgedCaller => ({
  arn: `arn:aws:iam::${account}:user/${path}`,
  account,
  userId: 'AIDAEXAMPLE',
  accessKeyId: 'AKIAEXAMPLE',
});

async function verdictOn(document: JudgedDocument) {
  const verdicts = await Array.fromAsync(judgeAwsAuth([document]));
  return verdicts[0]!;
}

const role = (arn: string, username: string, groups = '[team]'): string =>
  `- rolearn: ${arn}\n  username: ${username}\n  groups: ${groups}\n`;

it.each([
  ['the case of the ARN does not matter', role('ARN:aws:iam::111122223333:role/Deployer', 'd'), 'd'],
  [
    'templates are filled in, @ becomes -',
    role('arn:aws:iam::111122223333:role/deployer', 'd:{{SessionName}}:{{SessionNameRaw}}:{{AccountID}}'),
    'd:al-ice:al@ice:111122223333',
  ],
  [
    'the last of equal ARNs counts',
    role('arn:aws:iam::111122223333:role/deployer', 'first') +
      role('arn:aws:iam::111122223333:role/Deployer', 'last'),
    'last',
  ],
  ['a role written with its path maps nobody', role('arn:aws:iam::111122223333:role/ci/deployer', 'd'), null],
  ['a session ARN maps nobody', role('arn:aws:sts::111122223333:assumed-role/deployer/al@ice', 'd'), null],
])('%s', async (_why, mapRoles, username) => {
  const { callers } = await verdictOn({ data: { mapRoles }, callers: [session('deployer', 'al@ice')] });
  expect(callers[0]).toMatchObject(
    username === null
      ? { mapped: false, error: 'ARN is not mapped' }
      : { mapped: true, username, groups: ['team'] },
  );
});

it('finds a user by ARN with its path, and takes any principal of a mapped account under its own ARN', async () => {
  const { callers } = await verdictOn({
    data: {
      mapUsers: '- userarn: arn:aws:iam::111122223333:user/ops/bob\n  username: bob\n',
      mapAccounts: '- "444455556666"\n',
    },
    callers: [user('ops/bob'), user('bob'), user('eve', '444455556666')],
  });
  expect(callers).toMatchObject([
    { mapped: true, username: 'bob', groups: [] },
    { mapped: false },
    { mapped: true, username: 'arn:aws:iam::444455556666:user/eve', groups: [] },
  ]);
});

it('drops a section of broken YAML whole, and keeps what it could read beside a value of the wrong type', async () => {
  const good = role('arn:aws:iam::111122223333:role/deployer', 'd');
  const broken = await verdictOn({ data: { mapRoles: `${good}   - rolearn: x\n` }, callers: [] });
  expect(broken.roles).toEqual([]);
  expect(broken.error).toContain('error parsing config map');
  const partly = await verdictOn({ data: { mapRoles: good + role('other', 'o', '7') }, callers: [] });
  expect(partly.roles.map((each) => each.groups)).toEqual([['team'], []]);
  expect(partly.error).toContain('cannot unmarshal number');
});

it('fills in the name of an instance, and signs in nobody else by that template', async () => {
  const mapRoles = role('arn:aws:iam::111122223333:role/node', 'system:node:{{EC2PrivateDNSName}}');
  const { callers } = await verdictOn({
    data: { mapRoles },
    callers: [session('node', 'i-0123456789abcdef0'), session('node', 'alice')],
  });
  expect(callers[0]).toMatchObject({ mapped: true, username: 'system:node:ip-i-0123456789abcdef0' });
  expect(callers[1]).toMatchObject({
    mapped: false,
    error: expect.stringContaining('SessionName did not contain an instance id'),
  });
});

it('answers a thousand documents in order', async () => {
  const documents = Array.from({ length: 1000 }, (_, at) => ({
    data: { mapAccounts: `- "${100000000000 + at}"` },
    callers: [],
  }));
  const verdicts = await Array.fromAsync(judgeAwsAuth(documents));
  expect(verdicts.map((each) => each.accounts)).toEqual(documents.map((_, at) => [`${100000000000 + at}`]));
});
