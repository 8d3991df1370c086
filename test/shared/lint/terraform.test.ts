import { describe, expect, it } from 'vitest';
import { linted, told } from '../../support/lint.ts';

type Values = Readonly<Record<string, unknown>>;

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** A plan of some resources; `references` is what the configuration says of attributes that are known after apply. */
function plan(
  resources: Readonly<Record<string, Values>>,
  references: Readonly<Record<string, Readonly<Record<string, string[]>>>> = {},
): string {
  const parts = (address: string) => {
    const [type = '', name = ''] = address.replace(/\[.*$/, '').split('.');
    return { mode: 'managed', type, name };
  };
  const configured = Object.entries(references).map(([address, attributes]) => ({
    address,
    ...parts(address),
    expressions: Object.fromEntries(
      Object.entries(attributes).map(([name, list]) => [name, { references: list }]),
    ),
  }));
  return JSON.stringify({
    format_version: '1.2',
    planned_values: {
      root_module: {
        resources: Object.entries(resources).map(([address, values]) => ({
          address,
          ...parts(address),
          values,
        })),
      },
    },
    configuration: { root_module: { resources: configured } },
  });
}

const association = {
  cluster_name: 'shop',
  namespace: 'shop',
  service_account: 'api',
  target_role_arn: null,
};
const role = { name: 'api', path: '/', assume_role_policy: TRUST };
const rules = (text: string) => told(text).map((one) => one.split(' ')[0]);

describe('what is known after apply', () => {
  it('is the resource that the configuration refers to, when it is one', () => {
    const text = plan(
      { 'aws_eks_pod_identity_association.api': association, 'aws_iam_role.api': role },
      { 'aws_eks_pod_identity_association.api': { role_arn: ['aws_iam_role.api.arn', 'aws_iam_role.api'] } },
    );
    expect(rules(text)).toContain('no-untrusted-association');
  });

  it.each<[string, Readonly<Record<string, Values>>, string[]]>([
    [
      'one of several',
      { 'aws_iam_role.api[0]': role, 'aws_iam_role.api[1]': { ...role, name: 'other' } },
      ['aws_iam_role.api.arn'],
    ],
    [
      'made of two',
      { 'aws_iam_role.api': role, 'aws_iam_role.other': { ...role, name: 'other' } },
      ['aws_iam_role.api.arn', 'aws_iam_role.other.arn'],
    ],
    ['of a module', { 'aws_iam_role.api': role }, ['module.roles.api_arn']],
    ['not told', { 'aws_iam_role.api': role }, []],
  ])('is left open when it is %s', (_name, roles, references) => {
    const text = plan(
      { 'aws_eks_pod_identity_association.api': association, ...roles },
      { 'aws_eks_pod_identity_association.api': { role_arn: references } },
    );
    expect(rules(text)).not.toContain('no-untrusted-association');
    expect(
      linted(text)
        .undecided.map(({ reason }) => reason)
        .join('\n'),
    ).toContain('association.api.role_arn} is left open');
  });

  it('a trust policy is said to be left out, and nothing else of the role', () => {
    const { findings, undecided } = linted(plan({ 'aws_iam_role.api': { name: 'api', path: '/' } }));
    expect(findings).toEqual([]);
    expect(undecided.map(({ reason }) => reason)).toEqual([
      'aws_iam_role.api: its trust policy is known after apply',
    ]);
  });
});

describe('what a plan has besides planned values of resources', () => {
  const anyone = JSON.stringify({
    Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
  });
  const open = { address: 'aws_iam_role.open', mode: 'managed', type: 'aws_iam_role', name: 'open' };
  const values = { name: 'open', assume_role_policy: anyone };

  it.each<[string, object]>([
    [
      'the state, which the same command prints',
      { values: { root_module: { resources: [{ ...open, values }] } } },
    ],
    [
      'the changes of a plan that failed',
      { planned_values: {}, resource_changes: [{ ...open, change: { actions: ['create'], after: values } }] },
    ],
    [
      'the changes of a plan without its planned values',
      { resource_changes: [{ ...open, change: { actions: ['update'], before: {}, after: values } }] },
    ],
  ])('is judged: %s', (_name, parts) => {
    expect(rules(JSON.stringify({ format_version: '1.2', ...parts }))).toEqual(['no-public-trust']);
  });

  it('is not judged when it is gone after apply', () => {
    const change = { actions: ['delete'], before: values, after: null };
    const text = JSON.stringify({ format_version: '1.2', resource_changes: [{ ...open, change }] });
    expect(rules(text)).toEqual([]);
  });

  const pods = {
    name: 'pods',
    path: '/',
    assume_role_policy: JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Action: ['sts:AssumeRole', 'sts:TagSession'],
        },
      ],
    }),
  };
  const everything = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  it.each<[string, Readonly<Record<string, Values>>]>([
    [
      'of several roles',
      {
        'aws_iam_role.pods': pods,
        'aws_iam_policy_attachment.all': {
          roles: ['other', 'pods'],
          policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
        },
      },
    ],
    [
      'in a block of the role',
      { 'aws_iam_role.pods': { ...pods, inline_policy: [{ name: 'all', policy: everything }] } },
    ],
  ])('permissions %s count', (_name, resources) => {
    expect(rules(plan(resources))).toContain('no-admin-pod-role');
    expect(rules(plan({ 'aws_iam_role.pods': pods }))).not.toContain('no-admin-pod-role');
  });

  it('manifests as text are judged, each in its place', () => {
    const body =
      'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  namespace: b\n  annotations:\n    eks.amazonaws.com/role-arn: cart\n';
    const text = plan({ 'kubectl_manifest.a': { yaml_body: body } });
    const at = text.indexOf('role-arn: cart') + 'role-arn: '.length + 1;
    expect(told(text)).toEqual([`no-invalid-role-annotation 1:${at}`]);
    expect(linted(plan({ 'kubectl_manifest.a': {} })).undecided.map(({ reason }) => reason)).toEqual([
      'kubectl_manifest.a: the plan does not tell its manifest',
    ]);
  });
});

describe('the associations of an add-on', () => {
  const addon = (role_arn?: string, more: readonly object[] = []) => ({
    cluster_name: 'shop',
    addon_name: 'aws-ebs-csi-driver',
    service_account_role_arn: null,
    pod_identity_association: [
      { service_account: 'ebs-csi-controller-sa', ...(role_arn !== undefined && { role_arn }) },
      ...more,
    ],
  });
  const refers = {
    'aws_eks_addon.ebs': {
      pod_identity_association: [{ role_arn: { references: ['aws_iam_role.api.arn', 'aws_iam_role.api'] } }],
    },
  };
  const withBlocks = (values: Values, configured: object = {}) => {
    const text = plan({ 'aws_iam_role.api': role, 'aws_eks_addon.ebs': values });
    const parsed = JSON.parse(text);
    parsed.configuration.root_module.resources = Object.entries(configured).map(([address, expressions]) => ({
      address,
      expressions,
    }));
    return JSON.stringify(parsed);
  };

  it('are judged as any other, by the namespace of the add-on', () => {
    const found = linted(withBlocks(addon(), refers)).findings;
    expect(found.map(({ rule }) => rule)).toContain('no-untrusted-association');
    expect(found.map(({ message }) => message).join()).toContain('kube-system/ebs-csi-controller-sa');
  });

  it('are left open when nobody knows which role is whose', () => {
    const two = addon(undefined, [{ service_account: 'other' }]);
    const { findings, undecided } = linted(withBlocks(two, refers));
    expect(findings.map(({ rule }) => rule)).not.toContain('no-untrusted-association');
    expect(undecided.map(({ reason }) => reason).join()).toContain(
      'pod_identity_association[1].role_arn} is left open',
    );
  });

  it('beside a role of its own are two identities', () => {
    const both = {
      ...addon('arn:aws:iam::111122223333:role/b'),
      service_account_role_arn: 'arn:aws:iam::111122223333:role/a',
    };
    expect(rules(withBlocks(both))).toContain('no-addon-identity-conflict');
  });
});

it('a cluster is in the account of the roles of its associations, since EKS takes no others', () => {
  const provider =
    'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'a:b': 'c' } },
  };
  const text = plan({
    'aws_eks_pod_identity_association.api': {
      ...association,
      role_arn: 'arn:aws:iam::111122223333:role/api',
    },
    'aws_iam_role.api': { ...role, assume_role_policy: JSON.stringify({ Statement: [trust] }) },
  });
  expect(rules(text)).toContain('no-untrusted-association');
});
