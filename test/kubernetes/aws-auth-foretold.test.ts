import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { mappingFor } from '../../shared/kubernetes/aws-auth/mapping-for.ts';
import { parseAwsAuth } from '../../shared/kubernetes/aws-auth/parse-aws-auth.ts';
import { send } from '../support/kubernetes/http.ts';
import { credentialsOf, removeAwsAuth, writeAwsAuth } from '../support/kubernetes/identities.ts';
import { presignedToken } from '../support/kubernetes/presigned-token.ts';

// What is read from aws-auth is said before anyone signs in, and then seen on the API server.

const kubernetes = inject('kubernetes');
const ACCOUNT = '111122223333';
const WATCHED = { timeout: 15_000, interval: 250 };
const session = (role: string, name = 'alice', account = ACCOUNT): string =>
  `arn:aws:sts::${account}:assumed-role/${role}/${name}`;
const user = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/${name}`;

const role = (name: string, rest: string): string =>
  `- rolearn: arn:aws:iam::${ACCOUNT}:role/${name}\n  ${rest}\n`;

/** The API server adds it to whoever signs in. */
const EVERYONE = 'system:authenticated';

async function signIn(arn: string) {
  const credentials = await credentialsOf(kubernetes, arn);
  const token = await presignedToken(kubernetes, credentials);
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { status, body } = await send({ ...kubernetes, token }, 'POST', path, {});
  if (status === 401) return 'refused';
  const { username, groups } = JSON.parse(body).status.userInfo;
  return { username, groups };
}

function foretold(data: Record<string, string>, arn: string) {
  const answer = mappingFor(parseAwsAuth(data), arn);
  if (answer.outcome !== 'mapped' && answer.outcome !== 'account') return 'refused';
  return {
    username: answer.username === '' ? undefined : answer.username,
    groups: [...answer.groups, EVERYONE],
  };
}

const ROWS: Record<string, string> = {
  mapRoles: [
    role('seen', 'username: seen'),
    role('CaSe', 'username: "case:{{SessionName}}:{{SessionNameRaw}}"\n  groups: [a, b]'),
    role('ci/pathed', 'username: pathed'),
    role('*', 'username: star'),
    role('twice', 'username: first\n  groups: [first]'),
    role('twice', 'username: second'),
    role('number', 'username: 123\n  groups: [g]'),
    role('truth', 'username: yes\n  groups: no'),
    role('nameless', 'groups: [g]'),
    role('mixed', 'username: mixed\n  groups: [1, g]'),
    role('template', 'username: "{{AccountID}}/{{sessionname}}"'),
    role('misspelt', 'user: x\n  group: [system:masters]'),
    role('instance', 'username: "system:node:{{EC2PrivateDNSName}}"'),
    `- userarn: arn:aws:iam::${ACCOUNT}:role/wrongkey\n  username: wrongkey\n`,
    `- rolearn: ${user('carol')}\n  username: carol\n`,
    `- rolearn: arn:aws:iam::${ACCOUNT}:root\n  username: root\n`,
  ].join(''),
  mapUsers: `- userarn: ${user('ops/bob')}\n  username: bob\n  groups: [g, g]\n`,
  mapAccounts: '- 012345678901\n',
};

const CALLERS = [
  session('seen'),
  session('case', 'al@ice'),
  session('pathed'),
  session('anything'),
  session('twice'),
  session('number'),
  session('truth'),
  session('nameless'),
  session('mixed'),
  session('template'),
  session('misspelt'),
  session('instance'),
  session('wrongkey'),
  session('seen', 'alice', '444455556666'),
  session('Any', 'alice', '012345678901'),
  user('carol'),
  user('ops/bob'),
  user('bob'),
  `arn:aws:iam::${ACCOUNT}:root`,
];

async function written(data: Record<string, string>, until: string): Promise<void> {
  await writeAwsAuth(kubernetes, data);
  await vi.waitFor(async () => expect(await signIn(until)).not.toBe('refused'), WATCHED);
}

describe('who signs in as whom', () => {
  beforeAll(async () => {
    await written(ROWS, session('seen'));
  });
  afterAll(async () => {
    await removeAwsAuth(kubernetes);
  });

  it.each(CALLERS)('%s is foretold', async (arn) => {
    expect(await signIn(arn)).toEqual(foretold(ROWS, arn));
  });
});

it('one tab loses every role, and users still sign in', async () => {
  const data = { ...ROWS, mapRoles: `${ROWS['mapRoles']}\t- x` };
  await written(ROWS, session('seen'));
  await writeAwsAuth(kubernetes, data);
  await vi.waitFor(async () => expect(await signIn(session('seen'))).toBe('refused'), WATCHED);
  expect(foretold(data, session('seen'))).toBe('refused');
  expect(await signIn(user('ops/bob'))).toEqual(foretold(data, user('ops/bob')));
  await removeAwsAuth(kubernetes);
});
