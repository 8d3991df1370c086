import { describe, expect, it } from 'vitest';
import { fix } from '../../../shared/lint/fix.ts';
import { LINT_OPTIONS, linted, told } from '../../support/lint.ts';

/** A trust policy whose account, issuer, namespace and name are written as given. */
function policy(account: string, issuer: string, subject: string): string {
  return `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "Federated": "arn:aws:iam::${account}:oidc-provider/${issuer}" },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "${issuer}:aud": "sts.amazonaws.com",
          "${issuer}:sub": "${subject}"
        }
      }
    }
  ]
}`;
}

const SUBJECT = 'system:serviceaccount:shop:cart';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const openIn = (text: string) =>
  linted(text).undecided.flatMap(({ reason }) => /^(.*) is left open:/.exec(reason)?.[1] ?? []);

describe('a placeholder of a trust policy is a value that is left open', () => {
  it.each<[string, string, string, string, readonly string[]]>([
    ['of a shell', '${ACCOUNT}', '${OIDC}', SUBJECT, ['${ACCOUNT}', '${OIDC}']],
    ['of a shell, with a default', '${ACCOUNT:-1}', ISSUER, SUBJECT, ['${ACCOUNT:-1}']],
    ['of a shell, without braces', '$account', '$oidc_provider', SUBJECT, ['$account', '$oidc_provider']],
    [
      'of Terraform',
      '${var.account}',
      '${local.oidc["a"]}'.replaceAll('"', "'"),
      SUBJECT,
      ['${var.account}', "${local.oidc['a']}"],
    ],
    [
      'in angle brackets',
      '<ACCOUNT ID>',
      'oidc.eks.<REGION>.amazonaws.com/id/<ID>',
      SUBJECT,
      ['<ACCOUNT ID>', '<REGION>', '<ID>'],
    ],
    [
      'of Helm',
      '{{ .Account }}',
      '{{ .Oidc }}',
      'system:serviceaccount:{{ .Ns }}:cart',
      ['{{ .Account }}', '{{ .Oidc }}', '{{ .Ns }}'],
    ],
    [
      'of a format string',
      '%s',
      '%s',
      'system:serviceaccount:%s:%s',
      ['%s (1)', '%s (2)', '%s (3)', '%s (4)', '%s (5)', '%s (6)'],
    ],
    ['between signs', '@ACCOUNT@', '__OIDC__', SUBJECT, ['@ACCOUNT@', '__OIDC__']],
    ['in the place of an account', 'ACCOUNT_ID', ISSUER, SUBJECT, ['${ACCOUNT_ID}']],
    ['of crosses', 'XXXXXXXXXXXX', ISSUER, SUBJECT, ['${XXXXXXXXXXXX}']],
    ['in words', 'REPLACE_ME', ISSUER, SUBJECT, ['${REPLACE_ME}']],
  ])('%s', (_name, account, issuer, subject, open) => {
    const text = policy(account, issuer, subject);
    expect(told(text)).toEqual([]);
    expect(openIn(text)).toEqual(open);
  });

  it.each<[string, string, string]>([
    ['of a shell', '${ACCOUNT}', '${OIDC}'],
    ['in angle brackets', '<ACCOUNT>', 'oidc.eks.<REGION>.amazonaws.com/id/<ID>'],
    ['in the place of an account', 'ACCOUNT_ID', ISSUER],
  ])('what is wrong beside it is found: %s', (_name, account, issuer) => {
    const wildcard = policy(account, issuer, 'system:serviceaccount:${NAMESPACE}:*');
    expect(told(wildcard).map((one) => one.split(' ')[0])).toEqual(['no-literal-wildcard']);
    const anyone = `{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}, {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${account}:root"}, "Action": "sts:AssumeRole"}]}`;
    expect(told(anyone).map((one) => one.split(' ')[0])).toContain('no-public-trust');
  });

  it('is shown as it is written, in its place', () => {
    const { findings, undecided } = linted(policy('<ACCOUNT>', '${OIDC}', 'system:serviceaccount:<NS>:*'));
    expect(findings[0]?.message).toContain('"system:serviceaccount:<NS>:*" literally');
    expect(undecided.find(({ reason }) => reason.startsWith('<NS>'))).toMatchObject({ line: 11, column: 49 });
  });

  it('is no variable of a policy, which IAM fills in itself', () => {
    const text = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "\${aws:RequestTag/team}"}}}}`;
    expect(openIn(text)).toEqual([]);
  });

  it('in the names of a policy and of its statements decides nothing', () => {
    const text =
      '{"Id": "${ID}", "Statement": [{"Sid": "${SID}", "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}';
    expect(told(text).map((one) => one.split(' ')[0])).toEqual(['no-public-trust']);
  });

  it.each<[string, string]>([
    [
      'a whole policy',
      '{"Version": "${VERSION}", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}',
    ],
    [
      'every statement',
      '{"Statement": [{"Effect": "${EFFECT}", "Principal": "*", "Action": "sts:AssumeRole"}]}',
    ],
    [
      'one statement',
      '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}, {"Effect": "${EFFECT}", "Principal": "*", "Action": "sts:AssumeRole"}]}',
    ],
  ])('%s that hangs on one is undecided', (_name, text) => {
    const { findings, undecided } = linted(text);
    expect(findings).toEqual([]);
    expect(undecided.map(({ reason }) => reason).join('\n')).toMatch(/does not tell/);
  });

  it('is left alone by --fix', () => {
    const text = policy('<ACCOUNT>', ISSUER, SUBJECT).replace(
      '"Federated"',
      '"AWS": "AROAEXAMPLEEXAMPLEEXA", "Federated"',
    );
    expect(fix('trust.json', text, LINT_OPTIONS)).toEqual({ text, fixes: [] });
  });
});

const account = (annotation: string) => `apiVersion: v1
kind: ServiceAccount
metadata:
  name: cart
  namespace: shop
  annotations:
    eks.amazonaws.com/role-arn: ${annotation}
`;

describe('a placeholder of an annotation is a value that is left open', () => {
  it.each<[string, string]>([
    ['the whole role, as Flux fills it in', '${cart_role_arn}'],
    ['the account', 'arn:aws:iam::${ACCOUNT}:role/cart'],
    ['the account by a word', 'arn:aws:iam::AWS_ACCOUNT_ID:role/cart'],
    ['account and name', 'arn:aws:iam::<account>:role/<name>'],
    ['the partition', 'arn:${PARTITION}:iam::111122223333:role/cart'],
    ['a path of Vault', '<path:secret/data/eks#cart>'],
    ['a template between quotes', '"arn:aws:iam::{{ .Values.account }}:role/cart"'],
  ])('%s', (_name, annotation) => {
    const { findings, undecided } = linted(account(annotation));
    expect(findings).toEqual([]);
    expect(undecided.some(({ reason }) => reason.includes('is left open'))).toBe(true);
  });

  it.each<[string, string]>([
    ['a name', 'cart-${STAGE}'],
    ['a session', 'arn:aws:sts::${ACCOUNT}:assumed-role/cart/x'],
  ])('that is wrong whatever it becomes is told: %s', (_name, annotation) => {
    expect(told(account(annotation))).toEqual(['no-invalid-role-annotation 7:33']);
  });

  it('elsewhere in a manifest is no concern', () => {
    const text = account('arn:aws:iam::111122223333:role/cart').replace(
      '  annotations',
      '  labels: {a: "${A}"}\n  annotations',
    );
    expect(openIn(text)).toEqual([]);
  });
});

const awsAuth = (rows: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: aws-auth, namespace: kube-system}
data:
  mapRoles: |
${rows.replace(/^/gm, '    ')}
`;

describe('a placeholder of aws-auth is a value that is left open', () => {
  it.each<[string, string]>([
    [
      'a role',
      '- rolearn: ${node_role}\n  username: system:node:{{EC2PrivateDNSName}}\n  groups: [system:nodes]',
    ],
    ['a role between quotes', '- {rolearn: "<node-role>", username: node}'],
    ['an account', '- rolearn: arn:aws:iam::<account>:role/ci\n  username: ci'],
    ['a template', '- rolearn: {{ .Values.role }}\n  username: ci'],
  ])('%s', (_name, rows) => {
    const { findings, undecided } = linted(awsAuth(rows));
    expect(findings).toEqual([]);
    expect(undecided.some(({ reason }) => reason.includes('is left open'))).toBe(true);
  });

  it('what is wrong whatever it becomes is told', () => {
    const rows = (role: string) => `- rolearn: ${role}\n  username: ci\n  groups: [system:masters]`;
    expect(
      told(awsAuth(rows('arn:aws:iam::<account>:role/teams/ci'))).map((one) => one.split(' ')[0]),
    ).toContain('no-role-path-in-aws-auth');
    expect(told(awsAuth(rows('arn:aws:iam::<account>:role/ci'))).map((one) => one.split(' ')[0])).toContain(
      'no-masters-in-aws-auth',
    );
  });

  it('what the authenticator fills in itself is none, and what was meant for it is told', () => {
    const rows = (name: string) => `- rolearn: arn:aws:iam::111122223333:role/ci\n  username: "ci:${name}"`;
    expect(openIn(awsAuth(rows('{{SessionName}}')))).toEqual([]);
    expect(told(awsAuth(rows('{{ SessionName }}')))).toEqual(['no-invalid-aws-auth 6:5']);
  });
});

describe('a placeholder of an eksctl config is a value that is left open', () => {
  const config = (role: string) => `apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: "\${CLUSTER}", region: <region>}
iam:
  serviceAccounts:
    - metadata: {name: cart, namespace: shop}
      attachRoleARN: ${role}
iamIdentityMappings:
  - arn: "arn:\${PARTITION}:iam::\${ACCOUNT}:role/KarpenterNodeRole-\${CLUSTER}"
    username: system:node:{{EC2PrivateDNSName}}
    groups: [system:bootstrappers, system:nodes]
`;
  it('which makes no finding', () => {
    expect(told(config('arn:aws:iam::${ACCOUNT}:role/cart'))).toEqual([]);
    expect(openIn(config('arn:aws:iam::${ACCOUNT}:role/cart'))).toEqual([
      '${CLUSTER}',
      '<region>',
      '${ACCOUNT}',
      '${PARTITION}',
    ]);
  });

  it('beside which what is wrong is found', () => {
    expect(told(config('arn:aws:sts::${ACCOUNT}:assumed-role/cart/x'))).toEqual([
      'no-invalid-role-annotation 7:22',
    ]);
  });
});
