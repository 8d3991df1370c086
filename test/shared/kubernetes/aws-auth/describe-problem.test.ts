import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../../../shared/kubernetes/aws-auth/describe-problem.ts';
import { parseAwsAuth } from '../../../../shared/kubernetes/aws-auth/parse-aws-auth.ts';

const ROLE = 'arn:aws:iam::111122223333:role/admin';
const wordsOf = (data: Record<string, string>): string[] => parseAwsAuth(data).problems.map(describeProblem);

describe('a problem is told with its place and what comes of it', () => {
  it.each([
    [
      `- rolearn: ${ROLE}\n   username: u\n`,
      'mapRoles 2:12: not readable, mapping values are not allowed in this context; the whole section is without effect',
    ],
    [
      `- rolearn: "${ROLE}\n`,
      'mapRoles 2:1: not readable, found unexpected end of stream (it began at 1:12); the whole section is without effect',
    ],
    [
      'rolearn: x\n',
      'mapRoles 1:1: it holds a mapping where a list belongs; the whole section is without effect',
    ],
    [
      `- rolearn: ${ROLE}\n  username: u\n---\n- x\n`,
      'mapRoles 3:1: a second YAML document begins here, and only the first is read',
    ],
    ['- hello\n', 'mapRoles 1:3: the text "hello" where a row belongs; it maps nobody'],
    ['- username: u\n', 'mapRoles 1:3: the row has no rolearn and maps nobody'],
    [
      `- rolearn: ${ROLE}\n  username: u\n  group: x\n`,
      'mapRoles 3:3: the key "group" is not read; groups is',
    ],
    [`- rolearn: ${ROLE}\n  username: u\n  note: x\n`, 'mapRoles 3:3: the key "note" is not read'],
    [
      `- rolearn: ${ROLE}\n  username: 12\n`,
      'mapRoles 2:13: "username" is a number (12) where text belongs, and counts as missing',
    ],
    [
      `- rolearn: ${ROLE}\n  username: u\n  groups: [on]\n`,
      'mapRoles 3:12: a boolean (on) where the name of a group belongs; it counts as a group without a name',
    ],
    [
      `- rolearn: ${ROLE}\n`,
      'mapRoles 1:3: the row has no username, and who gets it enters with an empty name',
    ],
    [
      `- rolearn: ${ROLE}\n  username: "{{ SessionName }}"\n`,
      'mapRoles 1:3: "{{ SessionName }}" is no template and stays as it is; {{SessionName}} is one',
    ],
    [
      '- rolearn: arn:aws:iam::111122223333:role/ci/admin\n  username: u\n',
      'mapRoles 1:3: "arn:aws:iam::111122223333:role/ci/admin" has a path and matches nobody: sessions are looked up by the role without it, arn:aws:iam::111122223333:role/admin',
    ],
    [
      '- rolearn: arn:aws:sts::111122223333:assumed-role/Admin/bob\n  username: u\n',
      'mapRoles 1:3: "arn:aws:sts::111122223333:assumed-role/Admin/bob" is a session and matches nobody: sessions are looked up by their role, arn:aws:iam::111122223333:role/Admin',
    ],
  ])('%j', (mapRoles, words) => {
    expect(wordsOf({ mapRoles })).toEqual([words]);
  });

  it.each([
    ['maproles', 'the key "maproles" is not read: mapRoles is written so, case included'],
    ['mapRole', 'the key "mapRole" is not read: mapRoles is written so, case included'],
    ['map_users', 'the key "map_users" is not read: mapUsers is written so, case included'],
    ['notes', 'the key "notes" is not read'],
  ])('the key %s of the ConfigMap', (key, words) => {
    expect(wordsOf({ [key]: '- x' })).toEqual([words]);
  });

  it.each([
    ['- 1234\n', 'mapAccounts 1:3: "1234" is no account id of 12 digits, and admits nobody'],
    ['- [a]\n', 'mapAccounts 1:3: a list where an account id belongs; the item is left out'],
    [
      '111122223333',
      'mapAccounts 1:1: it holds the text "111122223333" where a list belongs; the whole section is without effect',
    ],
    [
      '- "111122223333"\n- !!int x\n- "444455556666"\n',
      'mapAccounts 2:3: not readable, cannot decode `x` as a !!int; this item and those after it are without effect',
    ],
  ])('an account %j', (mapAccounts, words) => {
    expect(wordsOf({ mapAccounts })).toEqual([words]);
  });

  it('what strangers wrote is quoted and cut', () => {
    const [words] = wordsOf({ mapRoles: `- rolearn: "\\e[31m\\n${'x'.repeat(5000)}"\n  username: u\n` });
    expect(words).toContain('"\\u001b[31m\\n');
    expect(words!.length).toBeLessThan(400);
  });
});
