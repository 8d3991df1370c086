import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Grade, gradePrivileges, type PrivilegeInput } from '../../../shared/iam/privileges.ts';

const ROLE = 'arn:aws:iam::111122223333:role/app/shop';

type Statement = Record<string, unknown>;

const allow = (Action: unknown, Resource: unknown = '*', Condition?: unknown): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const deny = (Action: unknown, Resource: unknown = '*', Condition?: unknown): Statement => ({
  ...allow(Action, Resource, Condition),
  Effect: 'Deny',
});
const text = (...statements: Statement[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

function grade(statements: Statement[], more: Partial<PrivilegeInput> = {}) {
  return gradePrivileges({
    inline: statements.length === 0 ? [] : [{ name: 'inline', document: text(...statements) }],
    attached: [],
    documents: () => undefined,
    role: ROLE,
    ...more,
  });
}

function attached(
  arns: string[],
  documents: Record<string, string> = {},
  more: Partial<PrivilegeInput> = {},
) {
  return gradePrivileges({
    inline: [],
    attached: arns,
    documents: (arn) => documents[arn],
    role: ROLE,
    ...more,
  });
}

const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const passedTo = (...services: string[]) => ({ StringEquals: { 'iam:PassedToService': services } });

describe('one set of statements', () => {
  it.each<[string, Grade, Statement[]]>([
    ['everything on everything', 'admin', [allow('*')]],
    ['everything on everything, spelt with a colon', 'admin', [allow('*:*')]],
    ['everything on everything under conditions', 'admin', [allow('*', '*', MFA)]],
    ['all of IAM', 'admin', [allow('iam:*')]],
    ['all of IAM in any case', 'admin', [allow('IAM:*')]],
    ['all of IAM on every ARN of the account', 'admin', [allow('iam:*', 'arn:aws:iam::111122223333:*')]],
    ['everything but billing', 'admin', [{ Effect: 'Allow', NotAction: 'aws-portal:*', Resource: '*' }]],
    ['everything, but a Deny that its holder can take away', 'admin', [allow('*'), deny('s3:DeleteBucket')]],
    ['everything, with a Deny under conditions', 'admin', [allow('*'), deny('*', '*', MFA)]],
    ['everything except IAM, which leaves code to change', 'escalation', [allow('*'), deny('iam:*')]],
    ['everything, all denied', 'none', [allow('*'), deny('*')]],
    ['everything on one bucket', 'data', [allow('*', ['arn:aws:s3:::shop', 'arn:aws:s3:::shop/*'])]],
    [
      'everything, denied outside one bucket',
      'data',
      [allow('*'), { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::shop/*' }],
    ],
    [
      'everything, of which all but one call is denied',
      'limited',
      [allow('*'), { Effect: 'Deny', NotAction: 'ec2:DescribeInstances', Resource: '*' }],
    ],
    ['a new version for any policy', 'escalation', [allow('iam:CreatePolicyVersion')]],
    [
      'a new version for one foreign policy',
      'limited',
      [allow('iam:CreatePolicyVersion', 'arn:aws:iam::111122223333:policy/other')],
    ],
    [
      'policies into a family of roles',
      'escalation',
      [allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/app-*')],
    ],
    [
      'policies into one other role',
      'limited',
      [allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/other')],
    ],
    ['policies into itself', 'escalation', [allow('iam:PutRolePolicy', ROLE)]],
    ['trust of any role', 'escalation', [allow('iam:UpdateAssumeRolePolicy')]],
    [
      'trust of any role, denied for every role of the account',
      'none',
      [allow('iam:UpdateAssumeRolePolicy'), deny('iam:Update*', '*')],
    ],
    ['keys for any user', 'escalation', [allow('iam:CreateAccessKey')]],
    ['keys for any user, by wildcard', 'escalation', [allow('iam:Create*Key', 'arn:aws:iam::*:user/*')]],
    ['assuming anything', 'escalation', [allow('sts:AssumeRole')]],
    [
      'assuming any role of one account',
      'escalation',
      [allow('sts:AssumeRole', 'arn:aws:iam::444455556666:role/*')],
    ],
    ['assuming one role', 'limited', [allow('sts:AssumeRole', 'arn:aws:iam::444455556666:role/dns')]],
    ['passing any role, with nothing to pass it to', 'limited', [allow('iam:PassRole')]],
    [
      'passing any role to Lambda and running it',
      'escalation',
      [allow('iam:PassRole'), allow(['lambda:CreateFunction', 'lambda:InvokeFunction'])],
    ],
    [
      'creating functions without a way to run them',
      'limited',
      [allow('iam:PassRole'), allow('lambda:CreateFunction')],
    ],
    [
      'passing any role to EC2 alone, and Lambda',
      'limited',
      [
        allow('iam:PassRole', '*', passedTo('ec2.amazonaws.com')),
        allow(['lambda:CreateFunction', 'lambda:InvokeFunction']),
      ],
    ],
    [
      'passing any role to EC2, in China spelling',
      'escalation',
      [allow('iam:PassRole', '*', passedTo('ec2.amazonaws.com.cn')), allow('ec2:RunInstances')],
    ],
    [
      'Karpenter: passing the one node role to EC2',
      'limited',
      [
        allow(
          'iam:PassRole',
          'arn:aws:iam::111122223333:role/KarpenterNodeRole-shop',
          passedTo('ec2.amazonaws.com'),
        ),
        allow(['ec2:RunInstances', 'ec2:CreateFleet']),
      ],
    ],
    [
      'a passed role to EC2, starting instances denied',
      'data',
      [
        allow('iam:PassRole'),
        allow('ec2:*'),
        deny([
          'ec2:RunInstances',
          'ec2:CreateFleet',
          'ec2:RequestSpotInstances',
          'ec2:*Iam*',
          'ec2:ModifyInstanceAttribute',
        ]),
      ],
    ],
    [
      'any role for any ServiceAccount',
      'escalation',
      [allow(['iam:PassRole', 'iam:GetRole', 'eks:CreatePodIdentityAssociation'])],
    ],
    [
      'administration of its own cluster',
      'escalation',
      [allow('eks:AssociateAccessPolicy', 'arn:aws:eks:eu-west-1:111122223333:access-entry/shop/*')],
    ],
    ['code of any function', 'escalation', [allow('lambda:UpdateFunctionCode')]],
    [
      'code of its own function',
      'limited',
      [allow('lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-west-1:111122223333:function:shop')],
    ],
    ['a shell on any instance', 'escalation', [allow('ssm:SendCommand')]],
    [
      'commands for documents alone',
      'limited',
      [allow('ssm:SendCommand', 'arn:aws:ssm:eu-west-1::document/AWS-RunShellScript')],
    ],
    ['objects of a bucket', 'data', [allow('s3:GetObject', 'arn:aws:s3:::shop/*')]],
    ['objects, under conditions', 'data', [allow('s3:Get*', '*', MFA)]],
    ['names of buckets', 'limited', [allow('s3:ListAllMyBuckets')]],
    ['secrets', 'data', [allow('secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:*:*:secret:shop-*')]],
    ['parameters', 'data', [allow('ssm:GetParameter*', 'arn:aws:ssm:*:*:parameter/shop/*')]],
    [
      'objects, of which every one is denied',
      'none',
      [allow('s3:GetObject', 'arn:aws:s3:::shop/*'), deny('s3:*', 'arn:aws:s3:::shop*')],
    ],
    [
      'objects, of which some are denied',
      'data',
      [allow('s3:GetObject', 'arn:aws:s3:::shop/*'), deny('s3:*', 'arn:aws:s3:::shop/private/*')],
    ],
    [
      'everything but objects is denied by NotAction',
      'data',
      [allow('s3:*'), { Effect: 'Deny', NotAction: 's3:GetObject', Resource: '*' }],
    ],
    [
      'a data action on a resource of another service',
      'limited',
      [allow('s3:GetObject', 'arn:aws:sqs:eu-west-1:111122223333:shop')],
    ],
    ['an ARN of another partition', 'limited', [allow('s3:GetObject', 'arn:aws-cn:s3:::shop/*')]],
    ['load balancers', 'limited', [allow(['elasticloadbalancing:*', 'iam:CreateServiceLinkedRole'])]],
    ['no Allow at all', 'none', [deny('*')]],
    ['no statement at all', 'none', []],
  ])('%s: %s', (_name, expected, statements) => {
    expect(grade(statements)).toMatchObject({ grade: expected, missing: [] });
  });
});

describe('reasons', () => {
  it('name action, resource, policy and what it allows', () => {
    expect(grade([allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/app-*')]).reasons).toEqual([
      {
        grade: 'escalation',
        actions: ['iam:putrolepolicy'],
        resources: ['arn:aws:iam::111122223333:role/app-*'],
        policies: ['inline'],
        conditional: false,
        text: 'May write any inline policy into the role arn:aws:iam::111122223333:role/app-*.',
      },
    ]);
  });

  it('say so when they hold under conditions only', () => {
    const [reason] = grade([allow('*', '*', MFA)]).reasons;
    expect(reason).toMatchObject({ grade: 'admin', conditional: true });
    expect(reason?.text).toContain('under conditions');
  });

  it('prefer the grant without conditions', () => {
    const [reason] = grade([allow('sts:AssumeRole', '*', MFA), allow('sts:AssumeRole')]).reasons;
    expect(reason?.conditional).toBe(false);
  });

  it('note the named role that a path ends at', () => {
    const { grade: given, reasons } = grade([allow('sts:AssumeRole', 'arn:aws:iam::444455556666:role/dns')]);
    expect(given).toBe('limited');
    expect(reasons[0]?.text).toContain('arn:aws:iam::444455556666:role/dns: what that may do decides');
  });

  it.each<[string, string | string[], string]>([
    ['any role', '*', 'any role.'],
    ['the roles of another account', 'arn:aws:iam::444455556666:role/*', 'any role of account 444455556666.'],
    [
      'the roles of two others',
      ['arn:aws:iam::444455556666:role/*', 'arn:aws:iam::777788889999:role/*'],
      'any role of accounts 444455556666, 777788889999.',
    ],
    ['those of another account and of any', ['arn:aws:iam::444455556666:role/*', '*'], 'any role.'],
  ])('say whose roles may be assumed: %s', (_, resources, says) => {
    const { reasons } = grade([allow('sts:*', resources)]);
    expect(reasons.map(({ text: words }) => words).join(' ')).toContain(says);
  });

  it('name both policies of a path in two parts', () => {
    const reasons = gradePrivileges({
      inline: [
        { name: 'pass', document: text(allow('iam:PassRole')) },
        { name: 'run', document: text(allow('ec2:RunInstances')) },
      ],
      attached: [],
      documents: () => undefined,
    }).reasons;
    expect(reasons).toMatchObject([
      { grade: 'escalation', actions: ['iam:passrole', 'ec2:runinstances'], policies: ['pass', 'run'] },
    ]);
  });

  it('come worst first', () => {
    const reasons = grade([allow(['s3:GetObject', 'sts:AssumeRole'])]).reasons;
    expect(reasons.map((reason) => reason.grade)).toEqual(['escalation', 'data']);
  });
});

describe('managed policies', () => {
  const aws = (name: string, partition = 'aws') => `arn:${partition}:iam::aws:policy/${name}`;

  it.each<[string, Grade]>([
    [aws('AdministratorAccess'), 'admin'],
    [aws('AdministratorAccess', 'aws-cn'), 'admin'],
    [aws('AdministratorAccess', 'aws-us-gov'), 'admin'],
    [aws('AdministratorAccess', 'aws-eusc'), 'admin'],
    [aws('IAMFullAccess'), 'admin'],
    [aws('PowerUserAccess'), 'escalation'],
    [aws('AmazonSSMFullAccess'), 'escalation'],
    [aws('AWSLambda_FullAccess'), 'escalation'],
    [aws('AmazonECS_FullAccess'), 'escalation'],
    [aws('ReadOnlyAccess'), 'data'],
    [aws('AmazonS3ReadOnlyAccess'), 'data'],
    [aws('AmazonSSMManagedInstanceCore'), 'data'],
    [aws('SecretsManagerReadWrite'), 'data'],
    [aws('job-function/ViewOnlyAccess'), 'limited'],
    [aws('AmazonEKS_CNI_Policy'), 'limited'],
    [aws('AmazonEKS_CNI_Policy', 'aws-cn'), 'limited'],
    [aws('service-role/AmazonEBSCSIDriverPolicy'), 'limited'],
    [aws('AmazonEKSWorkerNodePolicy'), 'limited'],
    [aws('AmazonEC2ContainerRegistryReadOnly'), 'limited'],
    [aws('AmazonEBSCSIDriverPolicy'), 'unknown'],
    [aws('SomethingNew'), 'unknown'],
    ['arn:aws:iam::111122223333:policy/AdministratorAccess', 'unknown'],
    ['arn:aws:iam::aws:policy/constructor', 'unknown'],
  ])('%s without its document: %s', (arn, expected) => {
    const role = ROLE.replace('aws', arn.split(':')[1]!);
    const privileges = attached([arn], {}, { role });
    expect(privileges.grade).toBe(expected);
    expect(privileges.missing).toEqual(expected === 'unknown' ? [arn] : []);
  });

  it('are graded by the document where there is one', () => {
    const arn = aws('AdministratorAccess');
    expect(attached([arn], { [arn]: text(allow('s3:ListAllMyBuckets')) }).grade).toBe('limited');
  });

  it('are cut by an inline Deny even when graded by name', () => {
    const inline = [{ name: 'no', document: text(deny('*')) }];
    expect(attached([aws('AdministratorAccess')], {}, { inline }).grade).toBe('none');
  });

  it('count as its own: a role that may rewrite its own policy escalates', () => {
    const arn = 'arn:aws:iam::111122223333:policy/shop';
    expect(attached([arn], { [arn]: text(allow('iam:CreatePolicyVersion', arn)) })).toMatchObject({
      grade: 'escalation',
      reasons: [{ text: `May replace the document of the policy ${arn}, its own.` }],
    });
  });

  it('are parsed once for all roles that share a lookup', () => {
    const arn = 'arn:aws:iam::111122223333:policy/shared';
    let asked = 0;
    const documents = () => {
      asked++;
      return text(allow('s3:GetObject'));
    };
    for (let role = 0; role < 5; role++) gradePrivileges({ inline: [], attached: [arn], documents });
    expect(asked).toBe(1);
  });
});

describe('what was not read', () => {
  const missing = 'arn:aws:iam::111122223333:policy/unread';

  it.each<[string, Grade, string[], Partial<PrivilegeInput>]>([
    ['inline policies', 'unknown', ['inline policies'], { inline: undefined as never }],
    ['attached policies', 'unknown', ['attached policies'], { attached: undefined as never }],
    ['one document', 'unknown', [missing], { attached: [missing] }],
  ])('%s: %s', (_name, expected, list, more) => {
    const input = { inline: [], attached: [], documents: () => undefined, ...more } as PrivilegeInput;
    expect(gradePrivileges(input)).toEqual({ grade: expected, reasons: [], missing: list });
  });

  it.each<[Grade, Statement]>([
    ['admin', allow('*')],
    ['escalation', allow('iam:CreatePolicyVersion')],
    ['unknown', allow('s3:GetObject')],
    ['unknown', allow('ec2:DescribeInstances')],
  ])('is %s when %j is known and the rest is not', (expected, statement) => {
    expect(grade([statement], { attached: [missing] })).toMatchObject({
      grade: expected,
      missing: [missing],
    });
  });

  it('keeps the known reasons', () => {
    expect(grade([allow('s3:GetObject')], { attached: [missing] }).reasons).toMatchObject([
      { grade: 'data' },
    ]);
  });

  it('holds for a document that is no policy', () => {
    const privileges = gradePrivileges({
      inline: [{ name: 'torn', document: '{"Version"' }],
      attached: [],
      documents: () => undefined,
    });
    expect(privileges).toEqual({ grade: 'unknown', reasons: [], missing: ['torn'] });
  });

  it('is unknown when every known permission is a Deny and a document is missing', () => {
    expect(grade([deny('*')], { attached: [missing] }).grade).toBe('unknown');
  });
});

describe('a permissions boundary', () => {
  const boundary = 'arn:aws:iam::111122223333:policy/boundary';
  const bounded = (inner: Statement[], outer: Statement[]) =>
    grade(inner, { boundary, documents: () => text(...outer) });

  it.each<[string, Grade, Statement[], Statement[]]>([
    ['cuts an administrator to data', 'data', [allow('*')], [allow(['s3:*', 'sqs:*'])]],
    ['of everything cuts nothing', 'admin', [allow('*')], [allow('*')]],
    ['grants nothing by itself', 'none', [], [allow('*')]],
    ['that shares nothing leaves nothing', 'none', [allow('ec2:*')], [allow('s3:*')]],
    [
      'with a Deny takes it away',
      'limited',
      [allow(['s3:GetObject', 'ec2:DescribeInstances'])],
      [allow('*'), deny('s3:*')],
    ],
    [
      'cuts a resource',
      'limited',
      [allow('sts:AssumeRole')],
      [allow('sts:AssumeRole', 'arn:aws:iam::444455556666:role/dns')],
    ],
    [
      'cuts to the family that both name',
      'escalation',
      [allow('iam:PutRolePolicy', 'arn:aws:iam::111122223333:role/app-*')],
      [allow('iam:*', 'arn:aws:iam::111122223333:role/*')],
    ],
    [
      'leaves one half of a path alone',
      'limited',
      [allow(['iam:PassRole', 'ec2:RunInstances'])],
      [allow('ec2:*')],
    ],
  ])('%s: %s', (_name, expected, inner, outer) => {
    expect(bounded(inner, outer).grade).toBe(expected);
  });

  it.each<[string, Grade, Statement[]]>([
    ['leaves nothing granted at none', 'none', []],
    ['makes an administrator unknown', 'unknown', [allow('*')]],
    ['makes data unknown', 'unknown', [allow('s3:GetObject')]],
  ])('unread, %s', (_name, expected, inner) => {
    expect(grade(inner, { boundary })).toMatchObject({ grade: expected, missing: [boundary] });
  });

  it('known by name alone is taken from the name', () => {
    expect(grade([allow('*')], { boundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }).grade).toBe(
      'data',
    );
  });
});

describe('partitions', () => {
  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso-b'])('ARNs of %s are its own', (partition) => {
    const arn = `arn:${partition}:iam::111122223333:role/`;
    const privileges = grade([allow('iam:PassRole', `${arn}*`), allow('ec2:RunInstances')], {
      role: `${arn}shop`,
    });
    expect(privileges.grade).toBe('escalation');
  });
});

const action = fc.constantFrom(
  '*',
  'iam:*',
  'iam:PassRole',
  'iam:PutRolePolicy',
  'iam:Create*',
  's3:*',
  's3:GetObject',
  'ec2:RunInstances',
  'ec2:Describe*',
  'sts:AssumeRole',
  'lambda:*',
  'eks:*',
  'S3:get?bject',
  'kms:Decrypt',
);
const resource = fc.constantFrom(
  '*',
  ROLE,
  'arn:aws:iam::111122223333:role/*',
  'arn:aws:iam::*:role/app-*',
  'arn:aws:s3:::shop/*',
  'arn:aws:s3:::*',
  'arn:aws:s3:::shop/private/*',
  'arn:aws:eks:*:*:*',
  'arn:*',
);
const conditions = fc.constantFrom(undefined, undefined, MFA, passedTo('lambda.amazonaws.com'));
const statement = (effect: 'Allow' | 'Deny') =>
  fc
    .tuple(
      fc.boolean(),
      fc.boolean(),
      fc.array(action, { minLength: 1, maxLength: 3 }),
      fc.array(resource, { minLength: 1, maxLength: 3 }),
      conditions,
    )
    .map(([notAction, notResource, actions, resources, condition]) => ({
      Effect: effect,
      [notAction ? 'NotAction' : 'Action']: actions,
      [notResource ? 'NotResource' : 'Resource']: resources,
      ...(condition ? { Condition: condition } : {}),
    }));
const statements = fc.array(fc.oneof(statement('Allow'), statement('Deny')), { maxLength: 4 });
const RANK: readonly Grade[] = ['none', 'limited', 'data', 'unknown', 'escalation', 'admin'];
const boundaries = fc.constantFrom(
  undefined,
  'arn:aws:iam::aws:policy/PowerUserAccess',
  'arn:aws:iam::1:policy/unread',
);

describe('properties', () => {
  const rank = (list: Statement[], boundary: string | undefined, more: Partial<PrivilegeInput> = {}) =>
    RANK.indexOf(grade(list, { ...(boundary ? { boundary } : {}), ...more }).grade);

  it('another Allow never lowers the grade', () => {
    void fc.assert(
      fc.property(statements, statement('Allow'), boundaries, (list, added, boundary) => {
        expect(rank([...list, added], boundary)).toBeGreaterThanOrEqual(rank(list, boundary));
      }),
      { numRuns: 400 },
    );
  });

  it('another Deny without conditions never raises the grade', () => {
    void fc.assert(
      fc.property(statements, statement('Deny'), boundaries, (list, added, boundary) => {
        const bare: Statement = { ...added };
        delete bare['Condition'];
        expect(rank([...list, bare], boundary)).toBeLessThanOrEqual(rank(list, boundary));
      }),
      { numRuns: 400 },
    );
  });

  it('a boundary never raises the grade', () => {
    void fc.assert(
      fc.property(statements, fc.array(statement('Allow'), { minLength: 1, maxLength: 3 }), (list, outer) => {
        const boundary = 'arn:aws:iam::111122223333:policy/boundary';
        const within = rank(list, boundary, { documents: () => text(...outer) });
        expect(within).toBeLessThanOrEqual(rank(list, undefined));
      }),
      { numRuns: 400 },
    );
  });

  it('a missing document never makes a grade lower', () => {
    void fc.assert(
      fc.property(statements, (list) => {
        const more = { attached: ['arn:aws:iam::111122223333:policy/unread'] };
        expect(rank(list, undefined, more)).toBeGreaterThanOrEqual(rank(list, undefined));
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the documents and names are', () => {
    void fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        fc.string(),
        fc.option(fc.string(), { nil: undefined }),
        (document, name, boundary) => {
          const input = { inline: [{ name, document }], attached: [name], documents: () => document };
          const { grade: given } = gradePrivileges(boundary === undefined ? input : { ...input, boundary });
          expect(RANK).toContain(given);
        },
      ),
      { numRuns: 400 },
    );
  });
});
