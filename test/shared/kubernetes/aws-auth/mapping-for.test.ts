import { describe, expect, it } from 'vitest';
import { mappingFor } from '../../../../shared/kubernetes/aws-auth/mapping-for.ts';
import { parseAwsAuth } from '../../../../shared/kubernetes/aws-auth/parse-aws-auth.ts';
import type { CallerDetails } from '../../../../shared/kubernetes/aws-auth/render.ts';

const ACCOUNT = '111122223333';
const role = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const session = (name: string, of = 'alice') => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${of}`;

const mapped = (arn: string, username = 'u', groups = '[g]') =>
  `- rolearn: "${arn}"\n  username: "${username}"\n  groups: ${groups}\n`;

function answer(data: Record<string, string>, arn: string, details?: CallerDetails) {
  return mappingFor(parseAwsAuth(data), arn, details);
}

describe('who gets a row', () => {
  it.each([
    ['a session, by its role', mapped(role('admin')), session('admin')],
    ['a session whose role has a path, by the role without it', mapped(role('admin')), session('admin')],
    ['a role asked for by its ARN with path', mapped(role('admin')), role('ci/team/admin')],
    ['a role asked for by its ARN', mapped(role('admin')), role('admin')],
    ['whoever is written in another case', mapped('ARN:aws:IAM::111122223333:Role/ADMIN'), session('admin')],
    ['a user, by the ARN with its path', mapped(user('ops/bob')), user('ops/bob')],
    ['root, by its ARN', mapped(`arn:aws:iam::${ACCOUNT}:root`), `arn:aws:iam::${ACCOUNT}:root`],
    [
      'a federated user',
      mapped(`arn:aws:sts::${ACCOUNT}:federated-user/f`),
      `arn:aws:sts::${ACCOUNT}:federated-user/f`,
    ],
    [
      'a session in China',
      mapped(`arn:aws-cn:iam::${ACCOUNT}:role/r`),
      `arn:aws-cn:sts::${ACCOUNT}:assumed-role/r/s`,
    ],
    [
      'a session in GovCloud',
      mapped(`arn:aws-us-gov:iam::${ACCOUNT}:role/r`),
      `arn:aws-us-gov:sts::${ACCOUNT}:assumed-role/r/s`,
    ],
    [
      'a session in an isolated partition',
      mapped(`arn:aws-iso-f:iam::${ACCOUNT}:role/r`),
      `arn:aws-iso-f:sts::${ACCOUNT}:assumed-role/r/s`,
    ],
    [
      'a session in the European Sovereign Cloud',
      mapped(`arn:aws-eusc:iam::${ACCOUNT}:role/r`),
      `arn:aws-eusc:sts::${ACCOUNT}:assumed-role/r/s`,
    ],
  ])('%s', (_who, mapRoles, arn) => {
    expect(answer({ mapRoles }, arn)).toMatchObject({
      outcome: 'mapped',
      username: 'u',
      groups: ['g'],
      open: [],
    });
  });

  it('mapUsers maps roles as well', () => {
    const mapUsers = mapped(role('admin')).replace('rolearn', 'userarn');
    expect(answer({ mapUsers }, session('admin'))).toMatchObject({
      outcome: 'mapped',
      row: { section: 'mapUsers' },
    });
  });

  it('mapRoles comes before mapUsers', () => {
    const mapUsers = mapped(user('bob'), 'second').replace('rolearn', 'userarn');
    expect(answer({ mapRoles: mapped(user('bob'), 'first'), mapUsers }, user('bob'))).toMatchObject({
      username: 'first',
    });
  });

  it('of rows with one ARN the last counts, whatever their case', () => {
    const mapRoles = mapped(role('admin'), 'first') + mapped(role('ADMIN'), 'last');
    expect(answer({ mapRoles }, session('admin'))).toMatchObject({
      username: 'last',
      row: { index: 1, line: 4 },
    });
  });

  it('a row of a broken user section does not touch the role section', () => {
    expect(answer({ mapRoles: mapped(role('admin')), mapUsers: '- "' }, session('admin'))).toMatchObject({
      outcome: 'mapped',
    });
  });
});

describe('mapAccounts', () => {
  const mapAccounts = `- "${ACCOUNT}"\n- 012345678901\n`;

  it('admits every identity of the account under its canonical ARN, without groups', () => {
    expect(answer({ mapAccounts }, session('any/path'.split('/')[0]!))).toMatchObject({
      outcome: 'account',
      username: role('any'),
      groups: [],
    });
  });

  it('takes a number as it is written, the zero in front included', () => {
    const outside = 'arn:aws:iam::012345678901:user/Eve';
    expect(answer({ mapAccounts }, outside)).toMatchObject({ outcome: 'account', username: outside });
  });

  it('does not admit other accounts', () => {
    expect(answer({ mapAccounts }, 'arn:aws:iam::999999999999:user/eve')).toMatchObject({ outcome: 'none' });
  });

  it('comes after the rows', () => {
    expect(answer({ mapRoles: mapped(role('admin')), mapAccounts }, session('admin'))).toMatchObject({
      outcome: 'mapped',
    });
  });
});

describe('templates', () => {
  it.each<[string, string, string, CallerDetails, string, string[]]>([
    ['SessionName has - for @', '{{SessionName}}', session('r', 'a@b.c'), {}, 'a-b.c', []],
    ['SessionNameRaw has what STS has', '{{SessionNameRaw}}', session('r', 'a@b.c'), {}, 'a@b.c', []],
    [
      'AccountID is the account',
      'x:{{AccountID}}:{{AccountID}}',
      session('r'),
      {},
      `x:${ACCOUNT}:${ACCOUNT}`,
      [],
    ],
    [
      'AccessKeyID is the key that signed',
      '{{AccessKeyID}}',
      session('r'),
      { accessKeyId: 'ASIA1' },
      'ASIA1',
      [],
    ],
    [
      'a key that is not known stays open',
      '{{AccessKeyID}}',
      session('r'),
      {},
      '{{AccessKeyID}}',
      ['{{AccessKeyID}}'],
    ],
    [
      'the session of a role asked for by ARN stays open',
      'u:{{SessionName}}',
      role('r'),
      {},
      'u:{{SessionName}}',
      ['{{SessionName}}'],
    ],
    ['a user has no session name', 'u:{{SessionName}}', user('bob'), {}, 'u:', []],
    ['a name in other case is no template', '{{sessionname}}', session('r'), {}, '{{sessionname}}', []],
    ['spaces make no template', '{{ SessionName }}', session('r'), {}, '{{ SessionName }}', []],
    [
      'EC2PrivateDNSName is the name of the instance',
      'system:node:{{EC2PrivateDNSName}}',
      session('r', 'i-0123456789abcdef0'),
      { privateDnsName: 'ip-10-0-0-1.ec2.internal' },
      'system:node:ip-10-0-0-1.ec2.internal',
      [],
    ],
    [
      'the name of an instance that was not asked for stays open',
      'system:node:{{EC2PrivateDNSName}}',
      session('r', 'i-01234567'),
      {},
      'system:node:{{EC2PrivateDNSName}}',
      ['{{EC2PrivateDNSName}}'],
    ],
  ])('%s', (_sentence, template, arn, details, username, open) => {
    const data = {
      mapRoles:
        mapped(role('r'), template, `["g:${template}"]`) + mapped(user('bob'), template, `["g:${template}"]`),
    };
    expect(answer(data, arn, details)).toMatchObject({
      outcome: 'mapped',
      username,
      groups: [`g:${username}`],
      open,
    });
  });

  it.each([session('r', 'alice'), user('bob'), session('r', 'i-0123')])(
    '%s is no instance and is refused the name of one',
    (arn) => {
      const template = 'system:node:{{EC2PrivateDNSName}}';
      const data = { mapRoles: mapped(role('r'), 'u', `["${template}"]`) + mapped(user('bob'), template) };
      expect(answer(data, arn)).toMatchObject({
        outcome: 'refused',
        reason: 'SessionName did not contain an instance id',
      });
    },
  );
});

describe('who is nobody', () => {
  it.each([
    ['not an ARN', 'admin'],
    ['too few parts', 'arn:aws:iam:111122223333:role/admin'],
    ['a partition that does not exist', `arn:moon:iam::${ACCOUNT}:role/admin`],
    ['a session without a name', `arn:aws:sts::${ACCOUNT}:assumed-role/admin`],
    ['an instance profile', `arn:aws:iam::${ACCOUNT}:instance-profile/node`],
    ['another service', 'arn:aws:s3:::bucket'],
    ['nothing', ''],
  ])('%s', (_what, arn) => {
    expect(answer({ mapRoles: mapped(arn) }, arn)).toMatchObject({ outcome: 'invalid' });
  });
});

describe('the row that was probably meant', () => {
  it.each([
    ['has the path', mapped(role('ci/admin')), session('admin'), 'path'],
    ['has a path that the user has not', mapped(user('ops/bob')), user('bob'), 'path'],
    ['lacks the path that the user has', mapped(user('bob')), user('ops/bob'), 'path'],
    ['is a session', mapped(session('admin', 'bob')), session('admin'), 'session'],
    ['is a wildcard', mapped(role('adm*')), session('admin'), 'wildcard'],
    ['is root', mapped(`arn:aws:iam::${ACCOUNT}:root`), session('admin'), 'root'],
    ['is of another account', mapped(role('admin', '999999999999')), session('admin'), 'account'],
    [
      'is of another partition',
      mapped(`arn:aws-cn:iam::${ACCOUNT}:role/admin`),
      session('admin'),
      'partition',
    ],
    ['has white space', mapped(`${role('admin')} `), session('admin'), 'space'],
    ['is misspelt', mapped(role('admim')), session('admin'), 'name'],
    ['stands in a section that is lost', `${mapped(role('admin'))}\t- x`, session('admin'), 'lost-section'],
  ])('%s', (_what, mapRoles, arn, kind) => {
    const result = answer({ mapRoles }, arn);
    if (result.outcome !== 'none' || result.near === undefined) throw new Error(JSON.stringify(result));
    expect(result.near.kind).toBe(kind);
  });

  it('stands under a key that is not read', () => {
    expect(answer({ maproles: mapped(role('admin')) }, session('admin'))).toMatchObject({
      near: { kind: 'lost-section', section: 'mapRoles', key: 'maproles' },
    });
  });

  it('is an account of a section that is lost', () => {
    expect(answer({ mapAccounts: `- ${ACCOUNT}\n\t- x` }, session('admin'))).toMatchObject({
      near: { kind: 'lost-section', section: 'mapAccounts' },
    });
  });

  it.each([
    ['another role altogether', mapped(role('deployer'))],
    ['a wildcard that would not match', mapped(role('dev-*'))],
    ['a user of the same name', mapped(user('admin'))],
    ['a lost section that does not name the caller', '- "'],
  ])('is not %s', (_what, mapRoles) => {
    expect(answer({ mapRoles }, session('admin'))).toMatchObject({ outcome: 'none', near: undefined });
  });
});
