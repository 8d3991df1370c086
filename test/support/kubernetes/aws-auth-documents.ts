import * as fc from 'fast-check';
import type { JudgedCaller, JudgedDocument } from './aws-auth-judge.ts';

/** aws-auth ConfigMaps: well-formed, slightly wrong and hostile, with callers that some of them map. */

const ACCOUNTS = ['111122223333', '012345678901'];
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-f'];
const ROLES = [
  'deployer',
  'deployer',
  'node',
  'Deployer',
  'ci/deployer',
  'admin',
  'admİn',
  'KΣB',
  'a.b+c=d,e@f_g-h',
];
const USERS = ['bob', 'ops/bob', 'Bob'];
const SESSIONS = [
  'alice',
  'al@ice.example',
  'i-0123456789abcdef0',
  'i-01234567',
  'i-0123',
  'x{{AccessKeyID}}',
];

const account = fc.constantFrom(...ACCOUNTS);
const partition = fc.oneof({ weight: 12, arbitrary: fc.constant('aws') }, fc.constantFrom(...PARTITIONS));
const from = <T>(values: readonly T[]) => fc.constantFrom(...values);

const iamArn = fc
  .tuple(
    partition,
    account,
    fc.oneof(
      from(ROLES).map((r) => `role/${r}`),
      from(USERS).map((u) => `user/${u}`),
      fc.constant('root'),
    ),
  )
  .map(([part, id, resource]) => `arn:${part}:iam::${id}:${resource}`);

const stsArn = fc.oneof(
  fc
    .tuple(partition, account, from(ROLES), from(SESSIONS))
    .map(([part, id, role, session]) => `arn:${part}:sts::${id}:assumed-role/${role}/${session}`),
  fc
    .tuple(partition, account, from(USERS))
    .map(([part, id, user]) => `arn:${part}:sts::${id}:federated-user/${user}`),
);

const oddArn = fc.constantFrom(
  'arn:aws:iam::111122223333:role/*',
  'arn:aws:sts::111122223333:assumed-role/deployer',
  'arn:aws:iam::111122223333:instance-profile/node',
  'arn:aws:s3:::bucket',
  'arn:aws-unknown:iam::111122223333:role/deployer',
  'arn:aws:iam:111122223333:role/deployer',
  'deployer',
  'ARN:AWS:IAM::111122223333:ROLE/DEPLOYER',
  '',
);

const rowArn = fc.oneof(
  { weight: 6, arbitrary: iamArn },
  { weight: 1, arbitrary: stsArn },
  { weight: 1, arbitrary: oddArn },
);
const name = fc.constantFrom(
  'admin',
  'system:node:{{EC2PrivateDNSName}}',
  'dev:{{SessionName}}',
  '{{AccountID}}:{{SessionNameRaw}}',
  '{{AccessKeyID}}{{SessionName}}{{Unknown}}',
  '{{AccountID}}{{AccountID}}',
  'system:masters',
  'a b',
  'é',
  '😀',
);

/** Values that YAML does not take for text, or for text only in quotes. */
const oddScalar = fc.constantFrom(
  ...[
    '~',
    'null',
    'NULL',
    'nULL',
    '',
    'yes',
    'No',
    'on',
    'y',
    'true',
    'TRUE',
    '12',
    '0123',
    '0o17',
    '08',
    '0x1F',
    '1_000',
    '-0b11',
  ],
  ...[
    '0b-1',
    '1e3',
    '1.',
    '.5',
    '.5e',
    '+1',
    '.nan',
    '-.inf',
    '.Inf',
    '2001-01-01',
    '2001-1-1T1:1:1Z',
    '1:30',
    '<<',
    '=',
    '-',
  ],
  ...[
    '!!str 12',
    '!!int 12',
    '!!int x',
    '!!float 1',
    '!!bool yes',
    '!!null ~',
    '!!null x',
    '!!binary aGk=',
    '!!binary /w==',
    '!!binary x',
  ],
  ...[
    '!!timestamp 2001-01-01',
    '!!timestamp 2001-13-01',
    '!!timestamp x',
    '!x y',
    '! 12',
    '!<tag:yaml.org,2002:int> 1',
    '!!map {}',
    '!e!x y',
  ],
  ...[
    '18446744073709551615',
    '18446744073709551616',
    '9223372036854775808',
    '-9223372036854775809',
    '1e999',
    '99999999999999999999',
  ],
  ...[
    '"a\\x41\\u00e9\\U0001F600\\n\\\n  b"',
    '"\\ud800"',
    '"\\q"',
    '"a\n\n  b"',
    "'it''s'",
    "'a\n  b'",
    '>-\n    a\n    b',
    '|\n    a\n\n    b\n',
  ],
  ...[
    '[a, b]',
    '{a: b}',
    '[]',
    '{}',
    '[[a]]',
    '&x a',
    '*x',
    '*y',
    '&x [a]',
    '&x',
    '!!str',
    '!',
    'a #b',
    'a#b',
    '# c',
    'a: b',
    'a:b',
    '@a',
    '`a`',
    '%a',
  ],
  ...[
    'a\tb',
    '\ta',
    'a\t',
    '*x : a',
    '? a',
    ': a',
    '- a',
    '-a',
    '[a',
    'a]',
    '{a',
    '[a: b, ? c, : d]',
    '[?]',
    '{? a, b}',
    '{a:b}',
    '["a":b]',
  ],
);

const quote = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(/[{},]/.test(text) || text === '' ? `"${text}"` : text) },
    { weight: 1, arbitrary: fc.constant(JSON.stringify(text)) },
    { weight: 1, arbitrary: fc.constant(`'${text}'`) },
  );
const scalar = (values: fc.Arbitrary<string>): fc.Arbitrary<string> => values.chain(quote);

const key = (field: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constant(field) },
    {
      weight: 1,
      arbitrary: from([
        field.toUpperCase(),
        `${field}s`,
        `"${field}"`,
        field.replace('s', 'ſ'),
        'roleARN',
        'Groups',
        '<<',
      ]),
    },
  );

type Field = readonly [key: string, lines: string];

function groupsField(indent: string): fc.Arbitrary<Field> {
  const list = fc.array(
    fc.oneof({ weight: 30, arbitrary: scalar(name) }, { weight: 1, arbitrary: oddScalar }),
    { maxLength: 3 },
  );
  return fc
    .tuple(key('groups'), list, fc.boolean(), from(['', '  ']))
    .map(([named, groups, flow, deeper]) => [
      named,
      flow ? ` [${groups.join(', ')}]` : groups.map((group) => `\n${indent}${deeper}- ${group}`).join(''),
    ]);
}

function row(arnField: string): fc.Arbitrary<string> {
  const one = (field: string, values: fc.Arbitrary<string>): fc.Arbitrary<Field> =>
    fc
      .tuple(
        key(field),
        fc.oneof({ weight: 30, arbitrary: scalar(values) }, { weight: 1, arbitrary: oddScalar }),
      )
      .map(([named, value]) => [named, ` ${value}`] as const);
  const fields = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(one(arnField, rowArn), one('username', name), groupsField('  ')) },
    {
      weight: 2,
      arbitrary: fc.array(
        fc.oneof(one(arnField, rowArn), one('username', name), groupsField('  '), one('userid', name)),
        {
          maxLength: 6,
        },
      ),
    },
  );
  return fields.chain((list) =>
    fc.constantFrom(
      `- ${list.map(([named, value]) => `${named}:${value}`).join('\n  ')}\n`,
      `- ${list.map(([named, value]) => `${named}:${value}`).join('\n  ')}\n`,
      `- ${list.map(([named, value]) => `${named}:${value}`).join('\n  ')}\n`,
      `- {${list.map(([named, value]) => `${named}:${value}`).join(', ')}}\n`,
    ),
  );
}

const rows = (field: string): fc.Arbitrary<string> =>
  fc.array(row(field), { minLength: 1, maxLength: 4 }).map((all) => all.join(''));

const accounts = fc
  .array(fc.oneof({ weight: 8, arbitrary: scalar(account) }, { weight: 1, arbitrary: oddScalar }), {
    maxLength: 4,
  })
  .map((all) => all.map((each) => `- ${each}\n`).join(''));

/** Pieces that a slip of the hand, a template engine or an adversary puts anywhere. */
const PIECES = [
  ...[
    ' ',
    '  ',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    ':',
    ': ',
    '- ',
    '-',
    '#',
    ' #',
    '"',
    "'",
    '&a ',
    '*a',
    '*a ',
    '!!str ',
    '!',
    '!!int ',
  ],
  ...[
    '|',
    '>',
    '|-\n',
    '>+\n',
    '|2\n',
    '[',
    ']',
    '{',
    '}',
    ',',
    '?',
    '? ',
    '%',
    '@',
    '`',
    '\n---\n',
    '\n...\n',
    '--- ',
    '\n%YAML 1.1\n',
    '%TAG ! x\n',
  ],
  ...[
    '\u0085',
    '\u2028',
    '\u2029',
    '\uFEFF',
    '\uFEFF\uFEFF',
    '\0',
    '\u0001',
    '\u007f',
    '\u00a0',
    '\ufffe',
    '<<: ',
    '<<: *a',
    '<<: [*a, *b]',
    '<<: {username: m}',
  ],
  ...[
    '~',
    'null',
    'yes',
    '.nan',
    '1',
    '\\',
    '\\\n',
    '{{',
    '}}',
    '* ',
    '=',
    'rolearn: ',
    'groups:',
    '&b ',
    '*b',
    '\n  ',
    '\n   ',
    '\n ',
    '\n\t',
    'é',
    '😀',
    '\ud800',
  ],
];
const piece = fc.constantFrom(...PIECES);

type Slip = (text: string) => string;

const slip: fc.Arbitrary<Slip> = fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 9 }), piece).map(
  ([where, other, kind, inserted]): Slip =>
    (text) => {
      const at = where % (text.length + 1);
      const lines = text.split('\n');
      const line = where % lines.length;
      const taken = lines[line] ?? '';
      switch (kind) {
        case 0:
          return text.slice(0, at) + text.slice(at + 1);
        case 1:
          lines[line] = ` ${taken}`;
          break;
        case 2:
          lines[line] = taken.replace(/^ /, '');
          break;
        case 3:
          lines[line] = taken.replace(/^ */, '\t');
          break;
        case 4:
          lines.splice(line, 1);
          break;
        case 5:
          lines.splice(other % (lines.length + 1), 0, taken);
          break;
        case 6:
          lines.splice(line, 2, `${taken}${lines[line + 1] ?? ''}`);
          break;
        default:
          return text.slice(0, at) + inserted + text.slice(at);
      }
      return lines.join('\n');
    },
);

const slightlyWrong = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(texts, fc.array(slip, { minLength: 1, maxLength: 4 }))
    .map(([text, slips]) => slips.reduce((now, each) => each(now), text));

const soup = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: piece },
      oddScalar,
      scalar(name),
      fc.constantFrom('a', 'b', 'a: ', '- a\n', '\n- ', '\n  a: '),
    ),
    {
      maxLength: 14,
    },
  )
  .map((all) => all.join(''));

const framed = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(
        '',
        '',
        '',
        '',
        '\n',
        '# c\n',
        '---\n',
        '--- # c\n',
        '%YAML 1.1\n---\n',
        '%YAML 1.2\n---\n',
        '\uFEFF',
        '\uFEFF\uFEFF',
        ' ',
      ),
      texts,
      fc.constantFrom(
        '',
        '',
        '',
        '',
        '\n',
        '...\n',
        '---\n',
        '---\n- x',
        '--- "',
        '\u0001',
        '  ',
        '\t',
        '# c',
        `\n${' '.repeat(700)}\u0001`,
      ),
      fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\r\n', '\r', '\u2028', '\u0085'),
    )
    .map(([before, text, after, line]) => `${before}${text}${after}`.replaceAll('\n', line));

/** A row that every caller's eye falls on, with something hostile beside it. */
const row1 = '- rolearn: arn:aws:iam::111122223333:role/deployer\n  username: u\n';
const size = fc.constantFrom(1, 100, 1022, 1023, 1024, 1025, 1030, 5000, 9_998, 9_999, 10_000, 10_001);
/** So much that what follows comes into the first, second or third chunk that go-yaml reads. */
const padding = fc.integer({ min: 380, max: 1200 });
const levels = fc.integer({ min: 2, max: 7 });
/** Aliases about as many as go-yaml allows beside so much else; seldom so many that it allows a smaller share. */
const almostBomb = fc
  .oneof(
    {
      weight: 60,
      arbitrary: fc.tuple(
        fc.integer({ min: 10, max: 60 }),
        fc.integer({ min: 10, max: 60 }),
        fc.integer({ min: 0, max: 50 }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(
        fc.integer({ min: 400, max: 800 }),
        fc.constant(1000),
        fc.integer({ min: 3000, max: 90_000 }),
      ),
    },
  )
  .map(([times, wide, beside]) =>
    [`${row1}- &a [${list('x', wide)}]`, `- [${list('*a', times)}]`, `- [${list('y', beside)}]\n`].join('\n'),
  );
const hostile = fc.oneof(
  fc
    .tuple(size, fc.constantFrom('[', '{a: ', '[[', '- ', '? ', '{? ', '&a ['))
    .map(([n, open]) => `${row1}- ${open.repeat(n)}`),
  size.map((n) => `${row1}- ${'['.repeat(n)}${']'.repeat(n)}\n`),
  size.map((n) => `${row1}- ${'{a: '.repeat(n)}x${'}'.repeat(n)}\n`),
  size.map((n) => `${row1}- ${'- '.repeat(Math.min(n, 3000))}x\n`),
  size.map((n) => `${row1}  ${'k'.repeat(n)}: v\n`),
  size.map((n) => `${row1}- "${'k'.repeat(n)}": v\n`),
  size.map((n) => `${row1}- [${'k'.repeat(n)}]: v\n`),
  size.map((n) => `${row1}- {${'k'.repeat(n)}: v, ${' '.repeat(n)}a: b}\n`),
  size.map((n) => `${row1}# ${'x'.repeat(n)}\u0001\n`),
  padding.map((n) => `${row1}---\n${'x'.repeat(n)}\u0001\n`),
  padding.map((n) => `${row1}---\n${'é😀'.repeat(n / 6)}\u0001\n`),
  almostBomb,
  size.map((n) => `\uFEFF\uFEFF${row1}${'# x\n'.repeat(n % 400)}${row1}`),
  fc.tuple(levels, fc.integer({ min: 2, max: 12 })).map(([depth, wide]) => bomb(depth, wide)),
  fc.tuple(levels, fc.integer({ min: 2, max: 12 })).map(([depth, wide]) => mergeBomb(depth, wide)),
  fc.constantFrom(
    '- &a [*a]\n',
    '- &a {b: *a}\n',
    '- &a {<<: *a}\n',
    `- &a\n  <<: *b\n`,
    `- &a {username: a}\n- &a {username: b}\n- {<<: *a, rolearn: arn:aws:iam::111122223333:role/deployer}\n`,
    `- username: x\n  <<: {rolearn: arn:aws:iam::111122223333:role/deployer, username: y}\n  <<: {username: z}\n`,
    `- <<: [{username: a}, {username: b}]\n  rolearn: arn:aws:iam::111122223333:role/deployer\n`,
    `- ? rolearn\n  : arn:aws:iam::111122223333:role/deployer\n  ? username\n`,
    `- groups: [a, b]\n  Groups: [~, c, ~]\n  GROUPS: [d]\n`,
    `- GROUPS: [a, b]\n  Groups: [c]\n  groups: [~, ~, 1]\n`,
    `- {~: a}\n`,
    `- {[a]: b}\n`,
    `- {{a: b}: c}\n`,
    `- {18446744073709551615: a}\n`,
    `- a: .nan\n  a: 1\n`,
    `- {a: {~: 1}, a: 2}\n`,
    `- {.nan: 1, 1: .inf, 1: 2}\n`,
    ' {"rolearn": 1}',
    '{"a": [',
    '[{"rolearn": "arn:aws:iam::111122223333:role/deployer", "username": "j"}]',
    '``',
    ' "" ',
    "''\n",
    '\u0085``\u00a0',
    '\uFEFF``',
  ),
);

function list(item: string, times: number): string {
  return Array.from({ length: times }, () => item).join(', ');
}

function bomb(depth: number, wide: number): string {
  const lines = ['- &a0 [x]'];
  for (let level = 1; level <= depth; level += 1) {
    lines.push(`- &a${level} [${Array.from({ length: wide }, () => `*a${level - 1}`).join(', ')}]`);
  }
  return `${row1}${lines.join('\n')}\n`;
}

function mergeBomb(depth: number, wide: number): string {
  const lines = ['- &a0 {username: x}'];
  for (let level = 1; level <= depth; level += 1) {
    lines.push(`- &a${level} {<<: [${Array.from({ length: wide }, () => `*a${level - 1}`).join(', ')}]}`);
  }
  return `${row1}${lines.join('\n')}\n`;
}

function section(wellFormed: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: wellFormed },
    { weight: 7, arbitrary: slightlyWrong(wellFormed) },
    { weight: 3, arbitrary: framed(wellFormed) },
    { weight: 3, arbitrary: framed(slightlyWrong(wellFormed)) },
    { weight: 3, arbitrary: soup },
    { weight: 1, arbitrary: hostile },
  );
}

const data: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 5, arbitrary: section(rows('rolearn')).map((mapRoles) => ({ mapRoles })) },
  { weight: 2, arbitrary: section(rows('userarn')).map((mapUsers) => ({ mapUsers })) },
  { weight: 2, arbitrary: section(accounts).map((mapAccounts) => ({ mapAccounts })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(section(rows('rolearn')), section(rows('userarn')), section(accounts))
      .map(([mapRoles, mapUsers, mapAccounts]) => ({ mapRoles, mapUsers, mapAccounts })),
  },
  { weight: 1, arbitrary: rows('rolearn').map((maproles) => ({ maproles, MapRoles: maproles })) },
);

const caller: fc.Arbitrary<JudgedCaller> = fc
  .oneof(
    { weight: 8, arbitrary: stsArn },
    { weight: 3, arbitrary: iamArn.filter((arn) => !arn.includes(':role/')) },
    { weight: 1, arbitrary: oddArn.filter((arn) => !arn.includes(':role/')) },
  )
  .map((arn) => {
    const [, , , , id = '', resource = ''] = arn.split(':');
    const session = resource.startsWith('assumed-role/') ? `:${resource.split('/').at(-1)}` : '';
    return { arn, account: id, userId: `AROAEXAMPLE${session}`, accessKeyId: 'ASIAEXAMPLE' };
  });

/** ConfigMaps of all kinds, each with callers. */
export const awsAuthDocuments: fc.Arbitrary<JudgedDocument> = fc.record({
  data,
  callers: fc.array(caller, { minLength: 1, maxLength: 4 }),
});
