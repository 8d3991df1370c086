import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintJson, lintSarif } from '../../../shared/lint/formats.ts';
import { type LintReport, lintSchema } from '../../../shared/lint/report.ts';
import { linted } from '../../support/lint.ts';
import { publishedErrors, sarifErrors } from '../../support/published-schemas.ts';

const folder = new URL('../../fixtures/lint/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8');

/** Every fixture, what it is, and what lint says of it: rule, and the text of the file at that place. */
const FIXTURES: Readonly<Record<string, { kind: string; findings: readonly [rule: string, at: string][] }>> =
  {
    'trust-policy.json': {
      kind: 'trust-policy',
      findings: [['no-literal-wildcard', '"system:serviceaccount:shop:*"']],
    },
    'template.yaml': {
      kind: 'cloudformation',
      findings: [
        ['no-literal-wildcard', '"system:serviceaccount:*:checkout"'],
        ['no-public-trust', "'*'"],
        ['no-default-service-account-role', 'ReportsAssociation:'],
        ['use-scoped-pod-identity-trust', 'pods.eks.amazonaws.com'],
        ['no-powerless-access-entry', 'Powerless:'],
      ],
    },
    'cdk.template.json': {
      kind: 'cloudformation',
      findings: [
        ['no-wildcard-subject', '"system:serviceaccount:*:*"'],
        ['no-admin-pod-role', '{'],
      ],
    },
    'plan.json': {
      kind: 'terraform-plan',
      findings: [
        ['no-wrong-entry-type', '{'],
        ['no-untrusted-association', '{'],
        ['no-invalid-role-annotation', '"checkout"'],
        ['no-invalid-aws-auth', '- rolearm: arn:aws:iam::111122223333:role/dev'],
        ['no-missing-subject', String.raw`\"arn:aws:iam::111122223333:oidc-provider/`],
        ['no-admin-pod-role', '"{'],
      ],
    },
    'eksctl.yaml': {
      kind: 'eksctl',
      findings: [
        ['no-default-service-account-role', 'namespace: shop'],
        ['no-powerless-access-entry', 'principalARN:'],
        ['no-admin-pod-role', 'attachPolicyARNs:'],
        ['no-invalid-role-annotation', 'arn:aws:iam::111122223333:user/cart'],
        ['no-role-path-in-aws-auth', 'arn: arn:aws:iam::111122223333:role/admins/break-glass'],
        ['no-account-mapping', 'account: "444455556666"'],
      ],
    },
    'manifests.yaml': {
      kind: 'kubernetes',
      findings: [
        ['no-invalid-role-annotation', 'arn:aws:sts::111122223333:assumed-role/checkout/session'],
        ['no-invalid-role-annotation', 'arn:aws:iam::111122223333:role/cart'],
        ['no-invalid-token-expiration', 'apiVersion: v1'],
        ['no-role-path-in-aws-auth', 'arn:aws:iam::111122223333:role/teams/platform'],
        ['no-account-mapping', '444455556666"'],
      ],
    },
  };

it('every fixture is listed', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(FIXTURES).sort());
});

describe.each(Object.entries(FIXTURES))('%s', (name, { kind, findings }) => {
  const text = textOf(name);
  const result = linted(text, {}, name);
  const lines = text.split('\n');
  const report: LintReport = {
    schemaVersion: 1,
    findings: result.findings.map((one) => ({ file: name, ...one })),
    undecided: result.undecided.map((one) => ({ file: name, ...one })),
    unreadable: [],
    summary: {
      files: 1,
      skipped: [],
      fixed: 0,
      waived: 0,
      findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    },
  };

  it(`is ${kind}`, () => {
    expect(result.kinds).toEqual([kind]);
  });

  it('gives these findings, each at its place', () => {
    const found = result.findings.map(({ rule, line, column }) => [rule, lines[line - 1]?.slice(column - 1)]);
    expect(found).toHaveLength(findings.length);
    for (const [rule, at] of findings)
      expect(found).toContainEqual([
        rule,
        expect.stringMatching(new RegExp(`^${at.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)),
      ]);
  });

  it('gives SARIF and JSON that their schemas take', () => {
    expect(sarifErrors(JSON.parse(lintSarif(report, '0.1.0')))).toEqual([]);
    const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
    const whole = { ...report, summary: { ...report.summary, findings: counts } };
    expect(lintSchema.safeParse(whole).error?.issues ?? []).toEqual([]);
    expect(publishedErrors('lint', JSON.parse(lintJson(whole)))).toEqual([]);
  });

  it('says the same twice', () => {
    const { findings: again, undecided } = linted(text, {}, name);
    expect({ again, undecided }).toEqual({ again: result.findings, undecided: result.undecided });
  });
});
