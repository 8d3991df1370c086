import { describe, expect, it } from 'vitest';
import { compileCondition } from '../../../../shared/iam/conditions/condition.ts';
import { readOperator } from '../../../../shared/iam/parsing/operator.ts';
import { newReport } from '../../../../shared/iam/parsing/report.ts';
import type { PolicyVersion } from '../../../../shared/iam/policy.ts';
import type { ContextValue } from '../../../../shared/iam/request.ts';

const OTHER_KEYS: Record<string, ContextValue> = {
  'aws:username': ['ada'],
  'aws:principaltag/team': ['Blue*'],
  'aws:principaltag/unset': 'absent',
  'aws:principaltag/hidden': 'unknown',
  'aws:principaltag/somewhere': 'present',
  'aws:tagkeys': ['a', 'b'],
  'aws:principaltag/flag': ['TRUE'],
};

/** A policy variable. */
function v(inner: string): string {
  return ['$', '{', inner, '}'].join('');
}

function holds(
  written: string,
  values: readonly string[],
  actual: ContextValue,
  version: PolicyVersion = '2012-10-17',
): string {
  const operator = readOperator(written, '', newReport());
  if (operator === null) throw new Error(`no operator ${written}`);
  const condition = { operator, key: 'Some:Key', values, pointer: '' };
  const { key, test } = compileCondition(condition, version);
  expect(key).toBe('some:key');
  return test(actual, (other) => OTHER_KEYS[other] ?? 'absent');
}

type Row = readonly [
  sentence: string,
  written: string,
  values: string[],
  actual: ContextValue,
  expected: string,
];

function table(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    it.each(rows)('%s', (_, written, values, actual, expected) => {
      expect(holds(written, values, actual)).toBe(expected);
    });
  });
}

// IAM user guide, Reference: condition operators, string.
table('string operators', [
  ['StringEquals compares the whole text', 'StringEquals', ['ns:a'], ['ns:a'], 'yes'],
  ['StringEquals is no prefix test', 'StringEquals', ['ns:a'], ['ns:ab'], 'no'],
  ['StringEquals minds the case', 'StringEquals', ['ns:a'], ['ns:A'], 'no'],
  ['StringEquals takes * literally', 'StringEquals', ['ns:*'], ['ns:a'], 'no'],
  ['StringEquals finds a literal *', 'StringEquals', ['ns:*'], ['ns:*'], 'yes'],
  ['StringEquals takes ? literally', 'StringEquals', ['ns:?'], ['ns:a'], 'no'],
  ['several values are alternatives', 'StringEquals', ['x', 'ns:a', 'y'], ['ns:a'], 'yes'],
  ['none of several values', 'StringEquals', ['x', 'y'], ['ns:a'], 'no'],
  ['no values: nothing matches', 'StringEquals', [], ['ns:a'], 'no'],
  ['StringNotEquals is the opposite', 'StringNotEquals', ['ns:a'], ['ns:a'], 'no'],
  ['StringNotEquals holds for another text', 'StringNotEquals', ['ns:a'], ['ns:b'], 'yes'],
  ['negated: none of several may match', 'StringNotEquals', ['x', 'ns:a'], ['ns:a'], 'no'],
  ['negated without values holds', 'StringNotEquals', [], ['ns:a'], 'yes'],
  ['StringEqualsIgnoreCase ignores case', 'StringEqualsIgnoreCase', ['NS:a'], ['ns:A'], 'yes'],
  ['StringEqualsIgnoreCase takes * literally', 'StringEqualsIgnoreCase', ['ns:*'], ['ns:a'], 'no'],
  ['StringNotEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', ['NS:a'], ['ns:A'], 'no'],
  ['StringNotEqualsIgnoreCase, another text', 'StringNotEqualsIgnoreCase', ['NS:a'], ['ns:b'], 'yes'],
  ['StringLike: * is any run', 'StringLike', ['ns:*'], ['ns:a'], 'yes'],
  ['StringLike: * is also nothing', 'StringLike', ['ns:*'], ['ns:'], 'yes'],
  [
    'StringLike: * crosses colons',
    'StringLike',
    ['system:serviceaccount:*'],
    ['system:serviceaccount:a:b'],
    'yes',
  ],
  ['StringLike: * crosses slashes', 'StringLike', ['a*z'], ['a/b/c/z'], 'yes'],
  ['StringLike: a namespace prefix admits others', 'StringLike', ['sa:dev*'], ['sa:dev-evil:x'], 'yes'],
  ['StringLike: ? is exactly one', 'StringLike', ['a?c'], ['abc'], 'yes'],
  ['StringLike: ? is not none', 'StringLike', ['a?c'], ['ac'], 'no'],
  ['StringLike: ? is not two', 'StringLike', ['a?c'], ['abbc'], 'no'],
  ['StringLike: ? crosses a colon', 'StringLike', ['a?c'], ['a:c'], 'yes'],
  ['StringLike minds the case', 'StringLike', ['NS:*'], ['ns:a'], 'no'],
  ['StringLike without wildcards compares the whole text', 'StringLike', ['ns:a'], ['ns:ab'], 'no'],
  ['StringLike matches the whole text, not a part', 'StringLike', ['*:a'], ['ns:ab'], 'no'],
  [
    'StringLike: several stars',
    'StringLike',
    ['*:kube-*:*-controller'],
    ['x:kube-system:lb-controller'],
    'yes',
  ],
  ['StringLike backtracks to the last star', 'StringLike', ['*ab*ab'], ['abxabyab'], 'yes'],
  ['StringLike fails when the tail is missing', 'StringLike', ['*ab*ab'], ['abx'], 'no'],
  ['StringLike: regular expression characters are plain', 'StringLike', ['a.c*'], ['abc'], 'no'],
  ['StringNotLike', 'StringNotLike', ['ns:*'], ['ns:a'], 'no'],
  ['StringNotLike, another text', 'StringNotLike', ['ns:*'], ['other'], 'yes'],
  ['StringNotLike: none of several may match', 'StringNotLike', ['x*', 'n*'], ['ns:a'], 'no'],
]);

// IAM user guide, Reference: condition operators, numeric.
table('numeric operators', [
  ['NumericEquals by value', 'NumericEquals', ['10'], ['10.0'], 'yes'],
  ['NumericEquals, another number', 'NumericEquals', ['10'], ['11'], 'no'],
  ['NumericNotEquals', 'NumericNotEquals', ['10'], ['10'], 'no'],
  ['NumericNotEquals, another number', 'NumericNotEquals', ['10'], ['11'], 'yes'],
  ['NumericLessThan', 'NumericLessThan', ['10'], ['9.5'], 'yes'],
  ['NumericLessThan excludes the bound', 'NumericLessThan', ['10'], ['10'], 'no'],
  ['NumericLessThanEquals includes it', 'NumericLessThanEquals', ['10'], ['10'], 'yes'],
  ['NumericLessThanEquals, above', 'NumericLessThanEquals', ['10'], ['10.1'], 'no'],
  ['NumericGreaterThan', 'NumericGreaterThan', ['-5'], ['-4'], 'yes'],
  ['NumericGreaterThan excludes the bound', 'NumericGreaterThan', ['10'], ['10'], 'no'],
  ['NumericGreaterThanEquals includes it', 'NumericGreaterThanEquals', ['10'], ['10'], 'yes'],
  ['NumericGreaterThanEquals, below', 'NumericGreaterThanEquals', ['10'], ['9'], 'no'],
  ['numbers compare as numbers, not as text', 'NumericLessThan', ['10'], ['9'], 'yes'],
  ['a value that is no number never matches', 'NumericEquals', ['abc'], ['abc'], 'no'],
  ['a request that has no number never matches', 'NumericLessThan', ['10'], ['abc'], 'no'],
  ['a negated operator over a value that is no number holds', 'NumericNotEquals', ['abc'], ['1'], 'yes'],
  ['one readable value is enough', 'NumericEquals', ['abc', '1'], ['1'], 'yes'],
  ['hexadecimal is no number', 'NumericEquals', ['0x10'], ['16'], 'no'],
  ['an empty text is no number', 'NumericEquals', [''], ['0'], 'no'],
]);

// IAM user guide, Reference: condition operators, date.
table('date operators', [
  ['DateEquals across notations', 'DateEquals', ['2026-01-01T00:00:00Z'], ['1767225600'], 'yes'],
  ['DateEquals with a zone', 'DateEquals', ['2026-01-01T02:00:00+02:00'], ['2026-01-01T00:00:00Z'], 'yes'],
  [
    'DateEquals with a zone west',
    'DateEquals',
    ['2025-12-31T19:00:00-05:00'],
    ['2026-01-01T00:00:00Z'],
    'yes',
  ],
  ['DateEquals of a day alone', 'DateEquals', ['2026-01-01'], ['2026-01-01T00:00:00Z'], 'yes'],
  ['DateEquals, a second later', 'DateEquals', ['2026-01-01'], ['2026-01-01T00:00:01Z'], 'no'],
  ['DateNotEquals', 'DateNotEquals', ['2026-01-01'], ['2026-01-01'], 'no'],
  ['DateNotEquals, another day', 'DateNotEquals', ['2026-01-01'], ['2026-01-02'], 'yes'],
  ['DateLessThan', 'DateLessThan', ['2026-01-01'], ['2025-12-31T23:59:59Z'], 'yes'],
  ['DateLessThan excludes the bound', 'DateLessThan', ['2026-01-01'], ['2026-01-01'], 'no'],
  ['DateLessThanEquals includes it', 'DateLessThanEquals', ['2026-01-01'], ['2026-01-01'], 'yes'],
  ['DateLessThanEquals, later', 'DateLessThanEquals', ['2026-01-01'], ['2026-01-02'], 'no'],
  ['DateGreaterThan', 'DateGreaterThan', ['2026-01-01'], ['2026-01-01T00:00:00.5Z'], 'yes'],
  ['DateGreaterThan excludes the bound', 'DateGreaterThan', ['2026-01-01'], ['2026-01-01'], 'no'],
  ['DateGreaterThanEquals includes it', 'DateGreaterThanEquals', ['2026-01-01'], ['2026-01-01'], 'yes'],
  ['DateGreaterThanEquals, earlier', 'DateGreaterThanEquals', ['2026-01-01'], ['2025-12-31'], 'no'],
  ['a day that does not exist never matches', 'DateLessThan', ['2026-02-30'], ['2020-01-01'], 'no'],
  ['a date that cannot be read never matches', 'DateGreaterThan', ['yesterday'], ['2026-01-01'], 'no'],
  [
    'an hour that does not exist never matches',
    'DateLessThan',
    ['2026-01-01T24:30:00Z'],
    ['2020-01-01'],
    'no',
  ],
]);

// IAM user guide, Reference: condition operators, Boolean, binary.
table('Bool and BinaryEquals', [
  ['Bool in any case', 'Bool', ['True'], ['true'], 'yes'],
  ['Bool, the other value', 'Bool', ['true'], ['false'], 'no'],
  ['Bool against no boolean', 'Bool', ['true'], ['1'], 'no'],
  ['Bool of no boolean', 'Bool', ['yes'], ['yes'], 'no'],
  ['Bool with a variable', 'Bool', [`${v('aws:PrincipalTag/flag')}`], ['true'], 'yes'],
  ['Bool with a variable without value', 'Bool', [`${v('aws:PrincipalTag/unset')}`], ['true'], 'no'],
  ['BinaryEquals byte for byte', 'BinaryEquals', ['QmluYXJ5VmFsdWU='], ['QmluYXJ5VmFsdWU='], 'yes'],
  ['BinaryEquals, other bytes', 'BinaryEquals', ['QmluYXJ5VmFsdWU='], ['QmluYXJ5VmFsdWV='], 'no'],
  ['BinaryEquals of no base64', 'BinaryEquals', ['a b'], ['a b'], 'no'],
]);

// IAM user guide, Reference: condition operators, IP address.
table('IP address operators', [
  ['an address in the range', 'IpAddress', ['203.0.113.0/24'], ['203.0.113.77'], 'yes'],
  ['an address outside', 'IpAddress', ['203.0.113.0/24'], ['203.0.114.1'], 'no'],
  ['an address alone is a range of one', 'IpAddress', ['203.0.113.1'], ['203.0.113.1'], 'yes'],
  ['an address alone, another one', 'IpAddress', ['203.0.113.1'], ['203.0.113.2'], 'no'],
  ['/0 is everything of its family', 'IpAddress', ['0.0.0.0/0'], ['8.8.8.8'], 'yes'],
  ['/0 is nothing of the other family', 'IpAddress', ['0.0.0.0/0'], ['2001:db8::1'], 'no'],
  ['nor the other way round', 'IpAddress', ['::/0'], ['8.8.8.8'], 'no'],
  ['the longest prefix', 'IpAddress', ['203.0.113.1/32'], ['203.0.113.1'], 'yes'],
  ['host bits of the range do not count', 'IpAddress', ['203.0.113.99/24'], ['203.0.113.1'], 'yes'],
  ['IPv6 in the range', 'IpAddress', ['2001:DB8:1234:5678::/64'], ['2001:db8:1234:5678::1'], 'yes'],
  ['IPv6 outside', 'IpAddress', ['2001:DB8:1234:5678::/64'], ['2001:db8:1234:5679::1'], 'no'],
  ['IPv6 with an IPv4 tail', 'IpAddress', ['::ffff:203.0.113.0/120'], ['::ffff:203.0.113.9'], 'yes'],
  ['NotIpAddress', 'NotIpAddress', ['203.0.113.0/24'], ['203.0.113.77'], 'no'],
  ['NotIpAddress, outside', 'NotIpAddress', ['203.0.113.0/24', '198.51.100.0/24'], ['192.0.2.1'], 'yes'],
  ['no address never matches', 'IpAddress', ['999.0.0.1'], ['999.0.0.1'], 'no'],
  ['too long a prefix never matches', 'IpAddress', ['203.0.113.0/33'], ['203.0.113.0'], 'no'],
  ['an octet too few never matches', 'IpAddress', ['203.0.113/24'], ['203.0.113.1'], 'no'],
]);

const CLUSTER = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';

// IAM user guide, Reference: condition operators, ARN.
table('ARN operators', [
  ['ArnEquals of the same ARN', 'ArnEquals', [CLUSTER], [CLUSTER], 'yes'],
  ['ArnEquals takes wildcards', 'ArnEquals', ['arn:aws:eks:*:111122223333:cluster/*'], [CLUSTER], 'yes'],
  ['ArnLike is the same', 'ArnLike', ['arn:aws:eks:*:111122223333:cluster/p?od'], [CLUSTER], 'yes'],
  ['another account', 'ArnLike', ['arn:aws:eks:*:999999999999:cluster/*'], [CLUSTER], 'no'],
  ['ARNs mind the case', 'ArnEquals', ['arn:aws:eks:*:111122223333:cluster/PROD'], [CLUSTER], 'no'],
  [
    'a wildcard stays between its colons (the example of the page)',
    'ArnLike',
    ['arn:aws:someservice:*:111122223333:finance/*'],
    ['arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt'],
    'no',
  ],
  [
    'where StringLike would match (the example of the page)',
    'StringLike',
    ['arn:aws:someservice:*:111122223333:finance/*'],
    ['arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt'],
    'yes',
  ],
  [
    'the last part takes further colons',
    'ArnLike',
    ['arn:aws:logs:*:*:*'],
    ['arn:aws:logs:r:1:log-group:x:*'],
    'yes',
  ],
  [
    'empty parts match a star',
    'ArnLike',
    ['arn:*:iam:*:*:role/*'],
    ['arn:aws:iam::111122223333:role/a/b'],
    'yes',
  ],
  ['a pattern of too few parts is no ARN', 'ArnLike', ['arn:aws:eks:*'], [CLUSTER], 'no'],
  ['a lone star is not documented', 'ArnLike', ['*'], [CLUSTER], 'undecided'],
  ['a value of too few parts', 'ArnLike', ['arn:*:*:*:*:*'], ['arn:aws:eks'], 'no'],
  ['a value that is no ARN', 'ArnLike', ['arn:*:*:*:*:*'], ['cluster/prod'], 'no'],
  ['ArnNotEquals', 'ArnNotEquals', ['arn:aws:eks:*:111122223333:cluster/*'], [CLUSTER], 'no'],
  ['ArnNotEquals, another ARN', 'ArnNotEquals', ['arn:aws:eks:*:999999999999:cluster/*'], [CLUSTER], 'yes'],
  ['ArnNotLike', 'ArnNotLike', [CLUSTER], [CLUSTER], 'no'],
  ['ArnNotLike against no ARN', 'ArnNotLike', [CLUSTER], ['x'], 'yes'],
  [
    'a variable in an ARN',
    'ArnEquals',
    [`arn:aws:iam::1:user/${v('aws:username')}`],
    ['arn:aws:iam::1:user/ada'],
    'yes',
  ],
  [
    'a variable in an ARN, another user',
    'ArnLike',
    [`arn:aws:iam::1:user/${v('aws:username')}`],
    ['arn:aws:iam::1:user/bo'],
    'no',
  ],
]);

// IAM user guide, Reference: condition operators: keys that are absent, IfExists, Null.
table('keys that are absent', [
  ['a positive operator does not hold', 'StringEquals', ['a'], 'absent', 'no'],
  ['nor does StringLike *', 'StringLike', ['*'], 'absent', 'no'],
  ['nor Bool false', 'Bool', ['false'], 'absent', 'no'],
  ['a negated operator holds', 'StringNotEquals', ['a'], 'absent', 'yes'],
  ['so does NotIpAddress', 'NotIpAddress', ['10.0.0.0/8'], 'absent', 'yes'],
  ['IfExists holds', 'StringEqualsIfExists', ['a'], 'absent', 'yes'],
  ['IfExists compares what is there', 'StringEqualsIfExists', ['a'], ['b'], 'no'],
  ['IfExists matches what is there', 'StringEqualsIfExists', ['a'], ['a'], 'yes'],
  ['a negated IfExists holds', 'StringNotEqualsIfExists', ['a'], 'absent', 'yes'],
  ['a negated IfExists compares what is there', 'StringNotEqualsIfExists', ['a'], ['a'], 'no'],
  ['Null true', 'Null', ['true'], 'absent', 'yes'],
  ['Null true, present', 'Null', ['true'], ['a'], 'no'],
  ['Null false', 'Null', ['false'], ['a'], 'yes'],
  ['Null false, absent', 'Null', ['false'], 'absent', 'no'],
  ['Null in another case', 'Null', ['TRUE'], 'absent', 'yes'],
  ['Null of an empty list', 'Null', ['true'], [], 'yes'],
  ['Null with both values', 'Null', ['true', 'false'], ['a'], 'yes'],
  ['Null with nonsense', 'Null', ['maybe'], 'absent', 'no'],
]);

// IAM user guide, Reference: multivalued context keys (ForAllValues, ForAnyValue).
table('set operators', [
  ['ForAllValues: each value matches', 'ForAllValues:StringEquals', ['a', 'b'], ['b', 'a'], 'yes'],
  ['ForAllValues: one does not', 'ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], 'no'],
  ['ForAllValues holds for an absent key', 'ForAllValues:StringEquals', ['a'], 'absent', 'yes'],
  ['ForAllValues holds for no values', 'ForAllValues:StringEquals', ['a'], [], 'yes'],
  ['ForAllValues negated: none may match', 'ForAllValues:StringNotEquals', ['a'], ['b', 'c'], 'yes'],
  ['ForAllValues negated: one matches', 'ForAllValues:StringNotEquals', ['a'], ['b', 'a'], 'no'],
  ['ForAllValues of a single value works like without', 'ForAllValues:StringLike', ['a*'], ['ab'], 'yes'],
  ['ForAnyValue: one matches', 'ForAnyValue:StringEquals', ['a'], ['b', 'a'], 'yes'],
  ['ForAnyValue: none does', 'ForAnyValue:StringEquals', ['a'], ['b', 'c'], 'no'],
  ['ForAnyValue does not hold for an absent key', 'ForAnyValue:StringEquals', ['a'], 'absent', 'no'],
  ['ForAnyValue does not hold for no values', 'ForAnyValue:StringEquals', ['a'], [], 'no'],
  ['ForAnyValue with IfExists does', 'ForAnyValue:StringEqualsIfExists', ['a'], 'absent', 'yes'],
  [
    'ForAnyValue negated: one that differs is enough',
    'ForAnyValue:StringNotEquals',
    ['a'],
    ['a', 'b'],
    'yes',
  ],
  ['ForAnyValue negated: none differs', 'ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], 'no'],
  [
    'ForAnyValue negated does not hold for an absent key',
    'ForAnyValue:StringNotEquals',
    ['a'],
    'absent',
    'no',
  ],
  ['without a set operator any value may match', 'StringEquals', ['a'], ['b', 'a'], 'yes'],
  ['without one, negated, no value may match', 'StringNotEquals', ['a'], ['b', 'a'], 'no'],
]);

table('values that nobody knows', [
  ['unknown', 'StringEquals', ['a'], 'unknown', 'undecided'],
  ['unknown under a negated operator', 'StringNotEquals', ['a'], 'unknown', 'undecided'],
  ['unknown under ForAllValues', 'ForAllValues:StringEquals', ['a'], 'unknown', 'undecided'],
  ['unknown may be absent, so * does not decide', 'StringLike', ['*'], 'unknown', 'undecided'],
  ['unknown under IfExists with *', 'StringLikeIfExists', ['*'], 'unknown', 'yes'],
  ['unknown under a negated *', 'StringNotLike', ['*'], 'unknown', 'undecided'],
  ['unknown without values to compare with', 'StringEquals', [], 'unknown', 'no'],
  ['present', 'StringEquals', ['a'], 'present', 'undecided'],
  ['present under *', 'StringLike', ['*'], 'present', 'yes'],
  ['present under a negated *', 'StringNotLike', ['*'], 'present', 'no'],
  ['present under * among others', 'StringLike', ['a', '**'], 'present', 'yes'],
  ['Null of unknown', 'Null', ['true'], 'unknown', 'undecided'],
  ['Null false of unknown', 'Null', ['false'], 'unknown', 'undecided'],
  ['Null with both values of unknown', 'Null', ['true', 'false'], 'unknown', 'yes'],
  ['Null with nonsense of unknown', 'Null', ['maybe'], 'unknown', 'no'],
  ['Null of present', 'Null', ['true'], 'present', 'no'],
  ['Null false of present', 'Null', ['false'], 'present', 'yes'],
]);

// IAM user guide, Reference: variables and tags.
table('policy variables', [
  ['a variable takes the value of its key', 'StringEquals', [`u:${v('aws:username')}`], ['u:ada'], 'yes'],
  ['in any case', 'StringEquals', [`u:${v('AWS:UserName')}`], ['u:ada'], 'yes'],
  ['and no other value', 'StringEquals', [`u:${v('aws:username')}`], ['u:bob'], 'no'],
  ['a value without case', 'StringEqualsIgnoreCase', [`U:${v('aws:username')}`], ['u:ADA'], 'yes'],
  [
    'a default is used when the key is absent',
    'StringEquals',
    [`${v("aws:PrincipalTag/unset, 'none'")}`],
    ['none'],
    'yes',
  ],
  ['a default is not used otherwise', 'StringEquals', [`${v("aws:username, 'none'")}`], ['none'], 'no'],
  ['a default may be empty', 'StringEquals', [`a${v("aws:PrincipalTag/unset, ''")}`], ['a'], 'yes'],
  [
    'without value or default nothing equals it',
    'StringLike',
    [`${v('aws:PrincipalTag/unset')}*`],
    ['x'],
    'no',
  ],
  ['and everything differs from it', 'StringNotLike', [`${v('aws:PrincipalTag/unset')}*`], ['x'], 'yes'],
  ['a key with several values has none to put in', 'StringLike', [`${v('aws:TagKeys')}*`], ['ab'], 'no'],
  [
    'an unknown value leaves it undecided',
    'StringEquals',
    [`${v('aws:PrincipalTag/hidden')}`],
    ['x'],
    'undecided',
  ],
  [
    'a value that is there but unknown too',
    'StringEquals',
    [`${v('aws:PrincipalTag/somewhere')}`],
    ['x'],
    'undecided',
  ],
  [
    'also under a negated operator',
    'StringNotEquals',
    [`${v('aws:PrincipalTag/hidden')}`],
    ['x'],
    'undecided',
  ],
  [
    'and under ForAllValues',
    'ForAllValues:StringEquals',
    ['x', `${v('aws:PrincipalTag/hidden')}`],
    ['x', 'y'],
    'undecided',
  ],
  [
    'which a value that matches nothing settles',
    'ForAllValues:StringNotEquals',
    ['x', `${v('aws:PrincipalTag/hidden')}`],
    ['x', 'y'],
    'no',
  ],
  ['another value may still decide', 'StringEquals', [`${v('aws:PrincipalTag/hidden')}`, 'x'], ['x'], 'yes'],
  [
    'characters of the request are no wildcards',
    'StringLike',
    [`${v('aws:PrincipalTag/team')}`],
    ['Bluest'],
    'no',
  ],
  ['they match themselves', 'StringLike', [`${v('aws:PrincipalTag/team')}`], ['Blue*'], 'yes'],
  [`${v('*')} is a plain star`, 'StringLike', [`a${v('*')}c`], ['abc'], 'no'],
  [`${v('*')} matches a star`, 'StringLike', [`a${v('*')}c`], ['a*c'], 'yes'],
  [`${v('?')} is a plain question mark`, 'StringLike', [`a${v('?')}c`], ['a?c'], 'yes'],
  [`${v('$')} is a plain dollar`, 'StringLike', [`a${v('$')}{x}`], [`a${v('x')}`], 'yes'],
  [`${v('*')} under StringEquals is a star`, 'StringEquals', [`a${v('*')}`], ['a*'], 'yes'],
  ['an open brace is plain text', 'StringEquals', ['${aws:username'], ['${aws:username'], 'yes'],
  ['numbers take no variables', 'NumericEquals', [`${v('aws:username')}`], ['ada'], 'no'],
]);

describe('documents of 2008-10-17', () => {
  it.each<[string, string, string[], string, string]>([
    ['take a variable literally', 'StringEquals', [`u:${v('aws:username')}`], 'u:ada', 'no'],
    [
      'so that the text itself matches',
      'StringEquals',
      [`u:${v('aws:username')}`],
      `u:${v('aws:username')}`,
      'yes',
    ],
    [`and a star within ${v('*')} is a wildcard`, 'StringLike', [`${v('*')}`], `${v('anything')}`, 'yes'],
  ])('%s', (_, written, values, actual, expected) => {
    expect(holds(written, values, [actual], '2008-10-17')).toBe(expected);
  });
});
