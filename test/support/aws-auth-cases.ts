import type { AwsAuthProblemKind } from '../../shared/kubernetes/aws-auth/problem.ts';

/**
 * Texts of mapRoles and what the authenticator makes of them. `npm test` asks podtrust for it, `npm run
 * test:kubernetes` the authenticator itself: neither may disagree with what is written here.
 */
export interface MapRolesCase {
  readonly sentence: string;
  readonly text: string;
  /** Rows as read: ARN, user name, groups. */
  readonly rows: readonly (readonly [arn: string, username: string, ...groups: string[]])[];
  /** True where the authenticator logs an error for the section. */
  readonly rejected: boolean;
  /** Kinds of problems that podtrust names, in their order. */
  readonly problems: readonly AwsAuthProblemKind[];
}

const A = 'arn:aws:iam::111122223333:role/admin';
const B = 'arn:aws:iam::111122223333:role/build';
const row = (arn: string, username = 'u'): string =>
  `- rolearn: ${arn}\n  username: ${username}\n  groups:\n  - g\n`;

type Rows = MapRolesCase['rows'];

const read = (
  sentence: string,
  text: string,
  rows: Rows,
  ...problems: AwsAuthProblemKind[]
): MapRolesCase => ({
  sentence,
  text,
  rows,
  rejected: false,
  problems,
});

const partly = (
  sentence: string,
  text: string,
  rows: Rows,
  ...problems: AwsAuthProblemKind[]
): MapRolesCase => ({
  sentence,
  text,
  rows,
  rejected: true,
  problems,
});

const lost = (sentence: string, text: string, problem: AwsAuthProblemKind = 'unreadable'): MapRolesCase => ({
  sentence,
  text,
  rows: [],
  rejected: true,
  problems: [problem],
});

const GOOD: Rows = [[A, 'u', 'g']];

export const FORMS: readonly MapRolesCase[] = [
  read('a block list is read', row(A), GOOD),
  read(
    'groups may be indented further than their key',
    `- rolearn: ${A}\n  username: u\n  groups:\n      - g\n`,
    GOOD,
  ),
  read(
    'flow style is read, with ARNs and their colons unquoted',
    `[{rolearn: ${A}, username: u, groups: [g]}]`,
    GOOD,
  ),
  read(
    'a comma after the last item in flow style is no item',
    `- {rolearn: ${A}, username: u, groups: [g,],}`,
    GOOD,
  ),
  read('JSON is read', `[{"rolearn":"${A}","username":"u","groups":["g"]}]`, GOOD),
  read('quotes of both kinds go', `- rolearn: "${A}"\n  username: 'u'\n  groups: ["g"]\n`, GOOD),
  read(
    'comments go',
    `# top\n- rolearn: ${A} # who\n  username: u #u\n  groups: # list\n  - g # one\n`,
    GOOD,
  ),
  read('a hash within a word is no comment', `- rolearn: ${A}\n  username: u#1\n`, [[A, 'u#1']]),
  read('CRLF ends lines', row(A).replaceAll('\n', '\r\n'), GOOD),
  read('a byte order mark at the start is passed over', `\uFEFF${row(A)}`, GOOD),
  read('a document start is passed over', `---\n${row(A)}`, GOOD),
  read('the last line needs no end', row(A).trimEnd(), GOOD),
  read('a tab after the colon is white space', `- rolearn:\t${A}\n  username: u\n  groups: [g]\n`, GOOD),
  read('a folded scalar becomes one line', `- rolearn: >-\n    ${A}\n  username: u\n  groups: [g]\n`, GOOD),
  read('text runs on over lines that are indented', `- rolearn: ${A}\n  username: a\n   b\n`, [[A, 'a b']]),
  read('escapes in double quotes are text', `- rolearn: ${A}\n  username: "\\x75\\u00e9"\n`, [[A, 'ué']]),
  read('keys of any case name a field', `- RoleARN: ${A}\n  UserName: u\n  GROUPS: [g]\n`, GOOD),
  read('a long s is an s to encoding/json', `- rolearn: ${A}\n  uſername: u\n  groupſ: [g]\n`, GOOD),
  read('an explicit key is read', `- ? rolearn\n  : ${A}\n  ? username\n  : u\n  ? groups\n  : [g]\n`, GOOD),
  read('userid is known and does nothing', `${row(A)}  userid: AROAEXAMPLE\n`, GOOD),
  read('an empty flow list has no rows', '[]', []),
  read('null is an empty section', '~', []),
  read('two backquotes, which eksctl once wrote, are an empty section', ' `` ', []),
  read('two quotes are an empty section', '""', []),
  read('a comment alone is an empty section', '# nobody\n', []),
];

export const ANCHORS: readonly MapRolesCase[] = [
  read(
    'an alias repeats what its anchor names',
    `- &a {rolearn: ${A}, username: u}\n- *a\n`,
    [
      [A, 'u'],
      [A, 'u'],
    ],
    'duplicate',
  ),
  read('an alias of text is text', `- rolearn: &a ${A}\n  username: *a\n`, [[A, A]]),
  read(
    'a merge adds keys',
    `- &a {username: u, groups: [g]}\n- {<<: *a, rolearn: ${A}}\n`,
    [['', 'u', 'g'], ...GOOD],
    'no-arn',
  ),
  read(
    'a merge replaces keys written before it',
    `- username: mine\n  <<: {rolearn: ${A}, username: u}\n`,
    [[A, 'u']],
    'repeated-key',
  ),
  read('a key after a merge replaces the merged one', `- <<: {rolearn: ${A}, username: x}\n  username: u\n`, [
    [A, 'u'],
  ]),
  read(
    'of several merged mappings the first wins',
    `- <<: [{username: u}, {username: x}]\n  rolearn: ${A}\n`,
    [[A, 'u']],
  ),
  lost('an alias without anchor loses the section', `${row(A)}- *nobody\n`),
  lost('an anchor that contains itself loses the section', `${row(A)}- &a [*a]\n`),
  lost('a merge of something else than a mapping loses the section', `${row(A)}- {<<: x}\n`),
  lost(
    'aliases that multiply beyond measure lose the section',
    `- &a [x,x,x,x,x,x,x,x,x]\n- &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n- &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n- &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n- &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n- &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n- &h [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n`,
  ),
];

export const TYPES: readonly MapRolesCase[] = [
  partly(
    'a number is no user name, and the row counts without',
    `- rolearn: ${A}\n  username: 123\n`,
    [[A, '']],
    'wrong-type',
  ),
  partly('yes is a boolean and no user name', `- rolearn: ${A}\n  username: yes\n`, [[A, '']], 'wrong-type'),
  read('yes in quotes is text', `- rolearn: ${A}\n  username: "yes"\n`, [[A, 'yes']]),
  partly('y is a boolean as well', `- rolearn: ${A}\n  username: y\n`, [[A, '']], 'wrong-type'),
  read('a date stays text', `- rolearn: ${A}\n  username: 2026-11-23\n`, [[A, '2026-11-23']]),
  read('a time of day stays text', `- rolearn: ${A}\n  username: 12:30\n`, [[A, '12:30']]),
  read('a tag makes text of a number', `- rolearn: ${A}\n  username: !!str 123\n`, [[A, '123']]),
  read('!!binary is decoded', `- rolearn: ${A}\n  username: !!binary dQ==\n`, [[A, 'u']]),
  lost('a tag that does not fit loses the section', `${row(A)}- rolearn: !!int x\n`),
  lost('a number that JSON does not have loses the section', `${row(A)}  userid: .nan\n`),
  partly(
    'groups as text are no groups',
    `- rolearn: ${A}\n  username: u\n  groups: g\n`,
    [[A, 'u']],
    'wrong-type',
  ),
  partly(
    'groups as a mapping are no groups',
    `- rolearn: ${A}\n  username: u\n  groups: {g: x}\n`,
    [[A, 'u']],
    'wrong-type',
  ),
  partly(
    'a number among groups is a group without a name',
    `- rolearn: ${A}\n  username: u\n  groups: [1, g]\n`,
    [[A, 'u', '', 'g']],
    'wrong-group',
  ),
  read(
    'null among groups is a group without a name',
    `- rolearn: ${A}\n  username: u\n  groups: [~, g]\n`,
    [[A, 'u', '', 'g']],
    'wrong-group',
  ),
  read('groups may be null', `- rolearn: ${A}\n  username: u\n  groups:\n`, [[A, 'u']]),
  partly(
    'a number is no ARN, and the other rows count',
    `- rolearn: 1\n  username: x\n${row(A)}`,
    [['', 'x'], ...GOOD],
    'wrong-type',
  ),
  partly(
    'text among the rows is no row, and the others count',
    `- x\n${row(A)}`,
    [['', ''], ...GOOD],
    'not-a-row',
  ),
  read('null among the rows is no row', `-\n${row(A)}`, [['', ''], ...GOOD], 'not-a-row'),
  read('a row with rolearn: null maps nobody', '- rolearn:\n  username: u\n', [['', 'u']], 'no-arn'),
  partly('a list among the rows is no row', `- - ${A}\n${row(A)}`, [['', ''], ...GOOD], 'not-a-row'),
  lost('a mapping instead of the list loses the section', `rolearn: ${A}\nusername: u\n`, 'not-a-list'),
  lost('a JSON object instead of the list loses the section', `{"rolearn": "${A}"}`, 'not-a-list'),
  lost('text instead of the list loses the section', `rolearn ${A}`, 'not-a-list'),
  lost('a key that is null loses the section', `${row(A)}  ~: x\n`),
  lost('a key that is a list loses the section', `${row(A)}- [a]: x\n`),
];

export const SLIPS: readonly MapRolesCase[] = [
  lost('one space too few before a key loses every row', `${row(B)}- rolearn: ${A}\n username: u\n`),
  lost('one space too many before a key loses every row', `${row(B)}- rolearn: ${A}\n   username: u\n`),
  lost('one space too many before a dash loses every row', `${row(B)} - rolearn: ${A}\n`),
  lost('a tab as indentation loses every row', `${row(B)}- rolearn: ${A}\n\tusername: u\n`),
  lost(
    'a colon and a space in text without quotes loses every row',
    `${row(B)}- rolearn: ${A}\n  username: a: b\n`,
  ),
  lost('a quote without end loses every row', `${row(B)}- rolearn: "${A}\n  username: u\n`),
  lost('text behind a closing quote loses every row', `${row(B)}- rolearn: "${A}" x\n`),
  lost(
    'a template at the start of text without quotes loses every row',
    `${row(B)}- rolearn: ${A}\n  username: {{SessionName}}\n`,
  ),
  lost('a bracket without end loses every row', `${row(B)}- rolearn: ${A}\n  groups: [g\n`),
  lost('@ at the start of text loses every row', `${row(B)}- rolearn: ${A}\n  username: @u\n`),
  lost('* at the start of text loses every row', `${row(B)}- rolearn: ${A}\n  groups: [*]\n`),
  lost('a conflict marker loses every row', `<<<<<<< HEAD\n${row(A)}=======\n`),
  lost('a control character loses every row', `${row(A)}# \u0007\n`),
  lost('NUL loses every row', `${row(A)}\0`),
  lost('%YAML 1.2 loses every row', `%YAML 1.2\n---\n${row(A)}`),
  lost('a key without colon loses every row', `${row(B)}- rolearn: ${A}\n  username\n  groups: [g]\n`),
  partly(
    'a dash without a space is text and no item',
    `- rolearn: ${A}\n  username: u\n  groups:\n    -g\n`,
    [[A, 'u']],
    'wrong-type',
  ),
  read(
    'an item indented too far belongs to the one above it',
    `- rolearn: ${A}\n  username: u\n  groups:\n    - system:bootstrappers\n      - system:nodes\n`,
    [[A, 'u', 'system:bootstrappers - system:nodes']],
    'joined-groups',
  ),
  read(
    'of equal keys in a row the last counts',
    `- rolearn: ${A}\n  username: x\n  username: u\n`,
    [[A, 'u']],
    'repeated-key',
  ),
  read(
    'of equal keys in other case the one that sorts last counts',
    `- rolearn: ${A}\n  username: u\n  Username: x\n`,
    [[A, 'u']],
    'repeated-key',
  ),
  read('of a second document nothing is read', `${row(A)}---\n${row(B)}`, GOOD, 'ignored-document'),
  read('a second document that is broken does no harm', `${row(A)}---\n"`, GOOD, 'ignored-document'),
  read(
    'a misspelt key leaves the row without ARN',
    `- role_arn: ${A}\n  username: u\n`,
    [['', 'u']],
    'no-arn',
    'unknown-key',
  ),
  read('a name beside the username is a note', `${row(A)}  name: ops\n`, GOOD, 'unknown-key'),
  read(
    'a group whose name holds a dash is one on purpose',
    `- rolearn: ${A}\n  username: u\n  groups: ["Ops - EU"]\n`,
    [[A, 'u', 'Ops - EU']],
  ),
  read('group is not groups', `- rolearn: ${A}\n  username: u\n  group: [g]\n`, [[A, 'u']], 'unknown-key'),
  read('a key that means nothing is passed over', `${row(A)}  comment: ops\n`, GOOD, 'unknown-key'),
  read('a row without username is read', `- rolearn: ${A}\n  groups: [g]\n`, [[A, '', 'g']], 'no-username'),
];

/** What the ARN of a row is good for: all are read as they stand. */
const arnCase = (sentence: string, arn: string, ...problems: AwsAuthProblemKind[]): MapRolesCase =>
  read(sentence, row(arn), [[arn.replaceAll(/^["']|["']$/g, ''), 'u', 'g']], ...problems);

export const ARNS: readonly MapRolesCase[] = [
  arnCase('any case will do', 'ARN:AWS:IAM::111122223333:ROLE/Admin'),
  arnCase('a role in China is a role', 'arn:aws-cn:iam::111122223333:role/admin'),
  arnCase('a role in GovCloud is a role', 'arn:aws-us-gov:iam::111122223333:role/admin'),
  arnCase('a role in the European Sovereign Cloud is a role', 'arn:aws-eusc:iam::111122223333:role/admin'),
  arnCase('a user may stand in mapRoles', 'arn:aws:iam::111122223333:user/ops/bob'),
  arnCase('a federated user may be mapped', 'arn:aws:sts::111122223333:federated-user/bob'),
  arnCase('a role with a path matches nobody', 'arn:aws:iam::111122223333:role/ci/admin', 'role-path'),
  arnCase(
    'an Identity Center role with its path matches nobody',
    'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
    'role-path',
  ),
  arnCase('a session matches nobody', 'arn:aws:sts::111122223333:assumed-role/admin/alice', 'assumed-role'),
  arnCase('a wildcard matches nobody', 'arn:aws:iam::111122223333:role/*', 'wildcard'),
  arnCase('root is the root user', 'arn:aws:iam::111122223333:root', 'root'),
  arnCase(
    'an instance profile signs nobody in',
    'arn:aws:iam::111122223333:instance-profile/node',
    'not-an-identity',
  ),
  arnCase('a group signs nobody in', 'arn:aws:iam::111122223333:group/ops', 'not-an-identity'),
  arnCase('a role without a name is none', 'arn:aws:iam::111122223333:role/', 'not-an-identity'),
  arnCase('a name is no ARN', 'admin', 'not-an-arn'),
  arnCase('a missing colon is felt', 'arn:aws:iam:111122223333:role/admin', 'not-an-arn'),
  arnCase('white space is part of an ARN in quotes', `"${A} "`, 'not-an-arn'),
  arnCase('a region is none of IAM', 'arn:aws:iam:us-east-1:111122223333:role/admin', 'not-an-arn'),
  arnCase('an account of eleven digits is none', 'arn:aws:iam::11112222333:role/admin', 'wrong-account'),
  arnCase('a placeholder is no account', 'arn:aws:iam::ACCOUNT_ID:role/admin', 'wrong-account'),
  arnCase(
    'a partition that does not exist has no callers',
    'arn:amazon:iam::111122223333:role/admin',
    'unknown-partition',
  ),
];

export const ALL_CASES = [...FORMS, ...ANCHORS, ...TYPES, ...SLIPS, ...ARNS];
