import { describe, expect, it } from 'vitest';
import { linted, told } from '../../support/lint.ts';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

/** A template with one role for pods, whose subject and provider are written as given. */
function template(
  subject: string,
  provider = `'arn:aws:iam::111122223333:oidc-provider/${ISSUER}'`,
  rest = '',
): string {
  return `Parameters:
  Namespace: {Type: String}
  Stage: {Type: String, AllowedValues: [a, b]}
Mappings:
  Names: {eu: {name: 'check*'}}
Conditions:
  Prod: !Equals [!Ref Stage, a]
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Federated: ${provider}
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals:
                ${ISSUER}:aud: sts.amazonaws.com
                ${ISSUER}:sub: ${subject}
${rest}`;
}

const literal = (text: string) => told(text).some((one) => one.startsWith('no-literal-wildcard'));

describe('what a template tells is worked out', () => {
  it.each<[string, string]>([
    ['Fn::Sub', '!Sub system:serviceaccount:shop:*'],
    ['Fn::Sub with variables', '!Sub ["system:serviceaccount:shop:${name}", {name: "*"}]'],
    ['Fn::Join', "!Join [':', [system, serviceaccount, shop, '*']]"],
    [
      'Fn::Select and Fn::Split',
      "!Sub ['system:serviceaccount:shop:${x}', {x: !Select [1, !Split [',', 'a,*']]}]",
    ],
    ['Fn::FindInMap', "!Sub ['system:serviceaccount:shop:${x}', {x: !FindInMap [Names, eu, name]}]"],
    [
      'Fn::If with the same in both',
      "!If [Prod, 'system:serviceaccount:shop:*', 'system:serviceaccount:cart:*']",
    ],
    ['an open namespace beside the star', '!Sub system:serviceaccount:${Namespace}:*'],
    ['long forms', '{"Fn::Join": [":", ["system:serviceaccount", "shop", "*"]]}'],
  ])('%s', (_name, subject) => {
    expect(literal(template(subject))).toBe(true);
  });
});

describe('what a template leaves open is neither a finding nor a pass', () => {
  it.each<[string, string]>([
    ['a parameter', '!Ref Namespace'],
    ['a part', '!Sub system:serviceaccount:${Namespace}:checkout'],
    ['namespace and name', '!Sub system:serviceaccount:${Namespace}'],
    ['a prefix', '!Sub ${Namespace}:shop:checkout'],
    [
      'one branch of two',
      "!If [Prod, 'system:serviceaccount:shop:*', 'system:serviceaccount:shop:checkout']",
    ],
    ['an import', '!ImportValue subject'],
    ['a macro', '!Transform {Name: Subject}'],
    ['a custom resource', '!GetAtt Lookup.Subject'],
  ])('%s', (_name, subject) => {
    const result = linted(template(subject));
    expect(result.findings).toEqual([]);
    const told = result.undecided.map(({ rule, reason }) => `${rule ?? ''} ${reason}`).join('\n');
    expect(told).toMatch(/left open|leaves open/);
  });

  it('a whole statement that may be a Deny silences everything but form', () => {
    const wild = template("'system:serviceaccount:shop:*'", undefined, '          - !Ref Namespace\n');
    expect(linted(wild).findings).toEqual([]);
    expect(linted(wild).undecided.map(({ rule }) => rule)).toContain('no-literal-wildcard');
  });

  it('a provider that may be of any issuer says nothing about the key', () => {
    expect(told(template('system:serviceaccount:shop:checkout', '!Ref Namespace'))).toEqual([]);
  });

  it('a role whose statement depends on a condition is judged in both worlds', () => {
    const statement = "{Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}";
    const one = template(
      'system:serviceaccount:shop:checkout',
      undefined,
      `          - !If [Prod, ${statement}, !Ref AWS::NoValue]\n`,
    );
    expect(told(one)).toEqual([]);
    expect(linted(one).undecided.map(({ rule }) => rule)).toContain('no-public-trust');
  });
});

describe('what is made under a condition', () => {
  const role = (id: string, condition: string, principal: string) => `  ${id}:
    Type: AWS::IAM::Role
    Condition: ${condition}
    Properties:
      RoleName: one
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: '${principal}'}, Action: 'sts:AssumeRole'}]}
`;
  const CONDITIONS =
    'Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, a], Dev: !Not [!Condition Prod]}\nResources:\n';
  const sound = 'arn:aws:iam::111122223333:root';

  it('is wrong whenever it is made', () => {
    expect(told(CONDITIONS + role('R', 'Prod', '*'))).toEqual(['no-public-trust 9:79']);
  });

  it.each<[string, string, string, string[]]>([
    ['the first', '*', sound, ['no-public-trust 9:79']],
    ['the second', sound, '*', ['no-public-trust 15:79']],
    ['both', '*', '*', ['no-public-trust 9:79', 'no-public-trust 15:79']],
    ['neither', sound, sound, []],
  ])('is judged beside what has its name under the other: %s is wrong', (_name, first, second, expected) => {
    const text = CONDITIONS + role('R', 'Prod', first) + role('S', 'Dev', second);
    expect(told(text)).toEqual(expected);
    expect(linted(text).findings.every(({ message }) => message.startsWith('one can be'))).toBe(true);
  });

  it('says nothing of what compares it with something of another condition', () => {
    const text = `${CONDITIONS}${role('R', 'Prod', sound)}  A:
    Type: AWS::EKS::PodIdentityAssociation
    Properties: {ClusterName: c, Namespace: a, ServiceAccount: b, RoleArn: !GetAtt R.Arn}
`;
    expect(told(text)).toEqual([]);
    expect(linted(text).undecided.map(({ rule }) => rule)).toContain('no-untrusted-association');
  });
});

it('a key that names another issuer than the provider is found, though account and partition are open', () => {
  const other = ISSUER.replace('0123', '9999');
  const provider = `!Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:oidc-provider/${other}'`;
  expect(
    told(template('system:serviceaccount:shop:checkout', provider)).map((one) => one.split(' ')[0]),
  ).toEqual(['no-mismatched-condition-key']);
});

it('an open provider says nothing about a key, however its issuer is spelt', () => {
  const odd = 'oidc.eu-west-1.eks.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
  const text = template('system:serviceaccount:shop:checkout', '!Ref Namespace').replaceAll(ISSUER, odd);
  expect(told(text)).toEqual([]);
});

it('an open provider that need not be of a cluster says nothing about the action', () => {
  const text = template('x', '!Ref Namespace')
    .replace('sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML')
    .replace(
      / {14}StringEquals:[\s\S]*$/,
      '              StringEquals: {SAML:aud: https://signin.aws.amazon.com/saml}\n',
    );
  expect(told(text)).toEqual([]);
});
