import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import type { PolicyKind, Problem } from '../../../shared/iam/policy.ts';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;

/** A sound trust policy as one statement, to be changed in one place. */
function statement(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:prod:api' } },
    ...change,
  };
}

function document(change: Record<string, unknown> = {}, top: Record<string, unknown> = {}): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement(change)], ...top });
}

function codes(text: string, kind: PolicyKind = 'trust'): string[] {
  const { policy, problems } = parsePolicy(text, kind);
  expect(policy === null).toBe(problems.some(({ effect }) => effect === 'refused'));
  return problems.map(({ effect, code }) => `${effect} ${code}`);
}

function only(text: string, kind: PolicyKind = 'trust'): Problem {
  const { problems } = parsePolicy(text, kind);
  expect(problems).toHaveLength(1);
  return problems[0]!;
}

describe('documents that IAM stores', () => {
  it('keeps every element with its JSON pointer', () => {
    expect(parsePolicy(document({ Sid: 'irsa' }, { Id: 'x' }), 'trust')).toEqual({
      problems: [],
      policy: {
        version: '2012-10-17',
        id: 'x',
        statements: [
          {
            index: 0,
            pointer: '/Statement/0',
            sid: 'irsa',
            effect: 'Allow',
            principal: {
              negated: false,
              pointer: '/Statement/0/Principal',
              everyone: false,
              entries: [{ kind: 'Federated', value: PROVIDER, pointer: '/Statement/0/Principal/Federated' }],
            },
            action: {
              negated: false,
              pointer: '/Statement/0/Action',
              patterns: ['sts:AssumeRoleWithWebIdentity'],
            },
            conditions: [
              {
                operator: { written: 'StringEquals', name: 'StringEquals', ifExists: false },
                key: `${ISSUER}:sub`,
                values: ['system:serviceaccount:prod:api'],
                pointer: `/Statement/0/Condition/StringEquals/${ISSUER.replaceAll('/', '~1')}:sub`,
              },
            ],
          },
        ],
      },
    });
  });

  it.each<[string, string]>([
    ['percent-encoded, as IAM returns it', encodeURIComponent(document())],
    ['percent-encoded with white space', encodeURIComponent(JSON.stringify(JSON.parse(document()), null, 2))],
    ['a percent-encoded document that begins with white space', encodeURIComponent(`\n\t ${document()}`)],
    ['with a byte order mark', `\uFEFF${document()}`],
    ['percent-encoded with a byte order mark', encodeURIComponent(`\uFEFF${document()}`)],
    ['with white space around it', `\r\n\t ${document()}\r\n`],
    ['a single statement object', JSON.stringify({ Version: '2012-10-17', Statement: statement() })],
    ['a list of actions', document({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] })],
    ['actions in another case', document({ Action: 'STS:assumerolewithwebidentity' })],
    ['wildcards in actions', document({ Action: ['sts:AssumeRole*', 'sts:*', '*'] })],
    ['NotAction', document({ Action: undefined, NotAction: 'sts:TagSession' })],
    [
      'NotPrincipal',
      document({ Principal: undefined, NotPrincipal: { AWS: '111122223333' }, Effect: 'Deny' }),
    ],
    ['everyone, bare', document({ Principal: '*' })],
    ['everyone, as an AWS principal', document({ Principal: { AWS: '*' } })],
    ['every federated principal', document({ Principal: { Federated: '*' } })],
    [
      'a list of principals',
      document({ Principal: { AWS: ['111122223333', 'arn:aws:iam::111122223333:root'] } }),
    ],
    [
      'several kinds of principals',
      document({ Principal: { Service: 'ec2.amazonaws.com', AWS: '111122223333' } }),
    ],
    ['a role with a path', document({ Principal: { AWS: 'arn:aws-cn:iam::111122223333:role/a/b/c' } })],
    ['a user', document({ Principal: { AWS: 'arn:aws-us-gov:iam::111122223333:user/ada' } })],
    ['a role session', document({ Principal: { AWS: 'arn:aws:sts::111122223333:assumed-role/r/session' } })],
    ['a role that was deleted', document({ Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } })],
    ['a user that was deleted', document({ Principal: { AWS: ['AIDAEXAMPLEEXAMPLE123', '111122223333'] } })],
    [
      'a SAML provider',
      document({ Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/idp' } }),
    ],
    ['a provider without ARN', document({ Principal: { Federated: 'cognito-identity.amazonaws.com' } })],
    ['a service of another partition', document({ Principal: { Service: 'ec2.amazonaws.com.cn' } })],
    ['a regional service', document({ Principal: { Service: 'logs.eu-west-1.amazonaws.com' } })],
    ['no condition', document({ Condition: undefined })],
    ['an empty condition block', document({ Condition: {} })],
    ['an operator without keys, whatever its name', document({ Condition: { Nonsense: {} } })],
    ['set operators and IfExists', document({ Condition: { 'ForAnyValue:StringLikeIfExists': { a: 'b' } } })],
    ['an empty Sid', document({ Sid: '' })],
    ['the old version', document({}, { Version: '2008-10-17' })],
    ['no version', document({}, { Version: undefined })],
    [
      'a principal of a quoted member name',
      document({ Condition: { StringEquals: { 'a"b\\:': 'x: "y"' } } }),
    ],
  ])('%s', (_, text) => {
    expect(codes(text)).toEqual([]);
  });

  it('reads a document without Version as 2008-10-17', () => {
    expect(parsePolicy(document({}, { Version: undefined }), 'trust').policy?.version).toBe('2008-10-17');
  });

  it('leaves a plus sign of an encoded document alone', () => {
    const text = encodeURIComponent(document({ Sid: 'a+b' })).replaceAll('%2B', '+');
    expect(parsePolicy(text, 'trust').policy?.statements[0]?.sid).toBe('a+b');
  });

  it('turns numbers and booleans of conditions into their JSON text', () => {
    const text = document({ Condition: { Bool: { a: true }, NumericEquals: { b: [1, '2', 2.5] } } });
    const conditions = parsePolicy(text, 'trust').policy?.statements[0]?.conditions;
    expect(conditions?.map(({ values }) => values)).toEqual([['true'], ['1', '2', '2.5']]);
  });

  it.each<[string, unknown, boolean]>([
    ['a bare star', '*', true],
    ['an AWS star', { AWS: '*' }, true],
    ['an AWS star in a list', { AWS: ['111122223333', '*'] }, true],
    ['a federated star is every provider, not everyone', { Federated: '*' }, false],
    ['an account', { AWS: '111122223333' }, false],
  ])('everyone: %s', (_, Principal, everyone) => {
    expect(parsePolicy(document({ Principal }), 'trust').policy?.statements[0]?.principal?.everyone).toBe(
      everyone,
    );
  });

  it('reads identity policies, with resources and without principals', () => {
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 's3:*', Resource: '*' },
        { Effect: 'Deny', NotAction: ['iam:*'], NotResource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'] },
      ],
    });
    const { policy, problems } = parsePolicy(text, 'identity');
    expect(problems).toEqual([]);
    expect(policy?.statements.map(({ resource }) => resource)).toEqual([
      { negated: false, pointer: '/Statement/0/Resource', patterns: ['*'] },
      { negated: true, pointer: '/Statement/1/NotResource', patterns: ['arn:aws:s3:::a', 'arn:aws:s3:::b'] },
    ]);
    expect(policy?.statements[1]?.action).toEqual({
      negated: true,
      pointer: '/Statement/1/NotAction',
      patterns: ['iam:*'],
    });
  });
});

describe('documents that IAM refuses', () => {
  it.each<[string, string, string]>([
    ['an empty text', '', 'not-json'],
    ['white space', ' \n ', 'not-json'],
    ['a comment', `// x\n${document()}`, 'not-json'],
    ['a comma too many', '{"Version":"2012-10-17","Statement":[],}', 'not-json'],
    ['a text that is cut off', document().slice(0, -3), 'not-json'],
    ['broken percent-encoding', '%7B%22Version%ZZ', 'not-json'],
    ['null', 'null', 'wrong-type'],
    ['a list', '[]', 'wrong-type'],
    ['a document encoded twice', JSON.stringify(document()), 'wrong-type'],
    ['more characters than IAM takes', document({ Sid: 'x'.repeat(131_072) }), 'too-long'],
    ['no Statement', '{"Version":"2012-10-17"}', 'missing-element'],
    ['an empty list of statements', document({}, { Statement: [] }), 'empty-list'],
    ['a statement that is a string', document({}, { Statement: ['x'] }), 'wrong-type'],
    ['Statement null', document({}, { Statement: null }), 'wrong-type'],
    ['an unknown element at the top', document({}, { Statements: [] }), 'unknown-element'],
    ['an unknown element of a statement', document({ Conditions: {} }), 'unknown-element'],
    ['another version', document({}, { Version: '2012-10-18' }), 'invalid-version'],
    ['a version that is a number', document({}, { Version: 2012 }), 'invalid-version'],
    ['an Id that is a number', document({}, { Id: 7 }), 'wrong-type'],
    ['no Effect', document({ Effect: undefined }), 'missing-element'],
    ['an Effect in another case', document({ Effect: 'allow' }), 'invalid-effect'],
    ['an Effect that is a list', document({ Effect: ['Allow'] }), 'invalid-effect'],
    ['no Action', document({ Action: undefined }), 'missing-element'],
    ['Action and NotAction', document({ NotAction: 'sts:TagSession' }), 'conflicting-elements'],
    ['Principal and NotPrincipal', document({ NotPrincipal: { AWS: '*' } }), 'conflicting-elements'],
    ['no actions', document({ Action: [] }), 'empty-list'],
    ['an action that is a number', document({ Action: 1 }), 'wrong-type'],
    ['a list of actions with null', document({ Action: ['sts:AssumeRole', null] }), 'wrong-type'],
    ['an action without service', document({ Action: 'AssumeRole' }), 'invalid-action'],
    ['an action with two colons', document({ Action: 'sts:x:y' }), 'invalid-action'],
    ['a service with a space', document({ Action: 's ts:AssumeRole' }), 'invalid-action'],
    ['an action of another service', document({ Action: 's3:GetObject' }), 'foreign-action'],
    ['a Resource in a trust policy', document({ Resource: '*' }), 'prohibited-element'],
    ['a NotResource in a trust policy', document({ NotResource: '*' }), 'prohibited-element'],
    ['no Principal in a trust policy', document({ Principal: undefined }), 'missing-element'],
    ['a Principal that is an ARN without its kind', document({ Principal: PROVIDER }), 'wrong-type'],
    ['a Principal that is a list', document({ Principal: [{ Federated: PROVIDER }] }), 'wrong-type'],
    ['an empty Principal', document({ Principal: {} }), 'empty-principal'],
    ['an unknown kind of principal', document({ Principal: { Role: 'x' } }), 'unknown-element'],
    ['an account id that is a number', document({ Principal: { AWS: 111122223333 } }), 'wrong-type'],
    ['an account id of 11 digits', document({ Principal: { AWS: '11112222333' } }), 'invalid-principal'],
    [
      'an ARN with such an account',
      document({ Principal: { AWS: 'arn:aws:iam::1:root' } }),
      'invalid-principal',
    ],
    [
      'a wildcard in a role ARN',
      document({ Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      'invalid-principal',
    ],
    ['a group', document({ Principal: { AWS: 'arn:aws:iam::111122223333:group/g' } }), 'invalid-principal'],
    [
      'an instance profile',
      document({ Principal: { AWS: 'arn:aws:iam::111122223333:instance-profile/g' } }),
      'invalid-principal',
    ],
    ['a bucket', document({ Principal: { AWS: 'arn:aws:s3:::bucket' } }), 'invalid-principal'],
    ['a role name', document({ Principal: { AWS: 'my-role' } }), 'invalid-principal'],
    ['white space after an ARN', document({ Principal: { Federated: `${PROVIDER} ` } }), 'invalid-principal'],
    ["the issuer's URL", document({ Principal: { Federated: `https://${ISSUER}` } }), 'invalid-principal'],
    ['the issuer without scheme', document({ Principal: { Federated: ISSUER } }), 'invalid-principal'],
    [
      'a wildcard in a provider',
      document({ Principal: { Federated: PROVIDER.replace('0123', '*') } }),
      'invalid-principal',
    ],
    [
      'a role as a provider',
      document({ Principal: { Federated: 'arn:aws:iam::111122223333:role/r' } }),
      'invalid-principal',
    ],
    ['a service without domain', document({ Principal: { Service: 'pods' } }), 'invalid-principal'],
    ['an ARN as a service', document({ Principal: { Service: PROVIDER } }), 'invalid-principal'],
    ['a Condition that is a list', document({ Condition: [] }), 'wrong-type'],
    ['an operator that holds a string', document({ Condition: { StringEquals: 'x' } }), 'wrong-type'],
    ['a condition value that is null', document({ Condition: { StringEquals: { a: null } } }), 'wrong-type'],
    [
      'a condition value that is an object',
      document({ Condition: { StringEquals: { a: [{}] } } }),
      'wrong-type',
    ],
    ['an unknown operator', document({ Condition: { StringMatches: { a: 'b' } } }), 'unknown-operator'],
    [
      'an unknown qualifier',
      document({ Condition: { 'ForEach:StringEquals': { a: 'b' } } }),
      'unknown-operator',
    ],
    ['NullIfExists', document({ Condition: { NullIfExists: { a: 'true' } } }), 'unknown-operator'],
    ['a Sid that is a number', document({ Sid: 1 }), 'wrong-type'],
    [
      'the same Sid twice',
      document({}, { Statement: [statement({ Sid: 'a' }), statement({ Sid: 'a' })] }),
      'duplicate-sid',
    ],
    ['an element in two spellings', document({ action: 'sts:TagSession' }), 'repeated-element'],
  ])('%s', (_, text, code) => {
    expect(codes(text)).toContain(`refused ${code}`);
  });

  it.each<[string, object, string]>([
    ['a Principal', { Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }, 'prohibited-element'],
    ['no Resource', { Effect: 'Allow', Action: '*' }, 'missing-element'],
    ['no resources', { Effect: 'Allow', Action: '*', Resource: [] }, 'empty-list'],
    [
      'Resource and NotResource',
      { Effect: 'Allow', Action: '*', Resource: '*', NotResource: '*' },
      'conflicting-elements',
    ],
  ])('in an identity policy: %s', (_, Statement, code) => {
    expect(codes(JSON.stringify({ Version: '2012-10-17', Statement }), 'identity')).toEqual([
      `refused ${code}`,
    ]);
  });
});

describe('documents that IAM stores and reads otherwise than they look', () => {
  const key = `${ISSUER}:sub`;
  const condition = (values: string) =>
    document().replace(/"Condition":.*\}\}\}\]/, `"Condition":${values}}]`);

  it.each<[string, string, string]>([
    ['a condition key twice', condition(`{"StringEquals":{"${key}":"a","${key}":"b"}}`), 'duplicate-key'],
    [
      'an operator twice',
      condition(`{"StringEquals":{"${key}":"a"},"StringEquals":{"x":"b"}}`),
      'duplicate-key',
    ],
    ['an element twice', document().replace('"Effect"', '"Effect":"Deny","Effect"'), 'duplicate-key'],
    ['Statement twice', document().replace('"Statement"', '"Statement":[],"Statement"'), 'duplicate-key'],
    ['an element in another case', document().replace('"Action"', '"action"'), 'element-case'],
    ['a kind of principal in another case', document().replace('"Federated"', '"federated"'), 'element-case'],
    ['an operator in another case', document().replace('"StringEquals"', '"stringEquals"'), 'operator-case'],
    [
      'a misspelt action of STS',
      document({ Action: 'sts:AssumeRoleWithWebIdendity' }),
      'unknown-assume-action',
    ],
    [
      'a variable in an old document',
      document({ Condition: { StringLike: { a: ['$', '{b:c}'].join('') } } }, { Version: undefined }),
      'literal-variable',
    ],
    [
      'white space around a value',
      document({ Condition: { StringEquals: { a: 'b ' } } }),
      'surrounding-whitespace',
    ],
    [
      'white space around a key',
      document({ Condition: { StringEquals: { ' a': 'b' } } }),
      'surrounding-whitespace',
    ],
    ['a number that is none', document({ Condition: { NumericEquals: { a: 'x' } } }), 'unreadable-value'],
    ['a date that is none', document({ Condition: { DateLessThan: { a: 'x' } } }), 'unreadable-value'],
    ['a boolean that is none', document({ Condition: { Bool: { a: 'x' } } }), 'unreadable-value'],
    ['an address that is none', document({ Condition: { IpAddress: { a: '10.0.0' } } }), 'unreadable-value'],
    ['an ARN that is none', document({ Condition: { ArnLike: { a: 'cluster/x' } } }), 'unreadable-value'],
    ['base64 that is none', document({ Condition: { BinaryEquals: { a: '#' } } }), 'unreadable-value'],
    ['a list without values', document({ Condition: { StringEquals: { a: [] } } }), 'no-values'],
    ['a principal without values', document({ Principal: { AWS: [] } }), 'empty-principal'],
    [
      'a number that loses digits',
      condition('{"NumericEquals":{"a":12345678901234567890}}'),
      'imprecise-number',
    ],
  ])('%s', (_, text, code) => {
    expect(codes(text)).toEqual([`misread ${code}`]);
  });

  it('keeps the last of two members, as every JSON reader does', () => {
    const text = condition(`{"StringEquals":{"${key}":"a","${key}":"b"}}`);
    expect(parsePolicy(text, 'trust').policy?.statements[0]?.conditions.map(({ values }) => values)).toEqual([
      ['b'],
    ]);
  });

  it('does not take a quoted colon in a value for a member', () => {
    expect(codes(document({ Condition: { StringEquals: { a: '"b":"c"', d: '\\' } } }))).toEqual([]);
  });
});

describe('places', () => {
  const pretty = (text: string) => JSON.stringify(JSON.parse(text), null, 2);

  it('names line and column of a value', () => {
    const text = '{\n  "Version": "2012-10-17",\n  "Statement": {\n    "Effect": "allow" }\n}';
    expect(parsePolicy(text, 'trust').problems.find(({ code }) => code === 'invalid-effect')).toMatchObject({
      pointer: '/Statement/Effect',
      line: 4,
      column: 15,
    });
  });

  it('names line and column of a member', () => {
    const problem = only(pretty(document({ Condition: { StringMatches: { a: 'b' } } })));
    expect(problem).toMatchObject({ pointer: '/Statement/0/Condition/StringMatches', line: 11, column: 9 });
    expect(problem.message).toContain('"StringMatches"');
  });

  it('points a repeated member at the occurrence that is lost', () => {
    const text =
      '{"Version":"2008-10-17",\n"Version":"2012-10-17",\n"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}';
    expect(only(text)).toMatchObject({ code: 'duplicate-key', pointer: '/Version', line: 1, column: 2 });
  });

  it('points past a repeated member at the one that counts', () => {
    const text =
      '{"Version":"2012-10-17",\n"Version":"2012-10-18",\n"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}';
    expect(parsePolicy(text, 'trust').problems[1]).toMatchObject({
      code: 'invalid-version',
      line: 2,
      column: 11,
    });
  });

  it('says where a text stops being JSON', () => {
    expect(only('{\n  "Version": "2012-10-17"\n  "Statement": []\n}')).toMatchObject({
      code: 'not-json',
      line: 3,
      column: 3,
      message: 'The document is not JSON: comma expected.',
    });
  });

  it('counts in the decoded text of an encoded document', () => {
    const text = encodeURIComponent(pretty(document({ Effect: 'allow' })));
    expect(only(text)).toMatchObject({ code: 'invalid-effect', line: 5, column: 17 });
  });

  it('lists problems in the order of the document', () => {
    const { problems } = parsePolicy(
      pretty(document({ Action: 's3:x', Effect: 'x', Resource: '*' })),
      'trust',
    );
    expect(problems.map(({ line }) => line)).toEqual(
      [...problems.map(({ line }) => line)].sort((a, b) => a - b),
    );
    expect(problems).toHaveLength(3);
  });

  it('bounds what a message repeats of the document', () => {
    expect(only(document({ Effect: 'x'.repeat(10_000) })).message.length).toBeLessThan(600);
  });
});

describe('hostile input', () => {
  it.each<[string, string]>([
    ['ten megabytes of brackets', '['.repeat(10_000_000)],
    ['ten megabytes of percent signs', '%'.repeat(10_000_000)],
    ['ten megabytes of encoded brackets', '%5B'.repeat(3_333_333)],
    ['deep nesting within the limit', `${'['.repeat(60_000)}${']'.repeat(60_000)}`],
    ['deep nesting that is cut off', '{"a":'.repeat(26_000)],
    ['a lone surrogate', '"\uD800"'],
    ['an endless string', `"${'\\'.repeat(131_000)}`],
    ['many openings of variables', document({ Condition: { StringLike: { a: '${'.repeat(40_000) } } })],
    ['a member called __proto__', '{"__proto__":{"Statement":[]}}'],
    ['a kind of principal called constructor', document({ Principal: { constructor: 'x' } })],
  ])('is answered at once: %s', (_, text) => {
    const start = process.cpuUsage();
    const { policy, problems } = parsePolicy(text, 'trust');
    expect(policy === null).toBe(problems.some(({ effect }) => effect === 'refused'));
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
  });
});
