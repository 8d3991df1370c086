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
