import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readManifests } from '../../shared/kubernetes/access/read-manifest.ts';
import { READ_RIGHTS } from '../../shared/kubernetes/access/read-rights.ts';
import { writeManifests } from '../../shared/kubernetes/access/write-manifest.ts';
import { rules } from '../../shared/rules/index.ts';
import { runCli } from '../support/run-cli.ts';

const PRINCIPAL = 'arn:aws-cn:iam::111122223333:role/audit/podtrust-read';
const entrant = ['--cluster', 'prod', '--principal', PRINCIPAL];

describe('permissions --kubernetes', () => {
  it('prints the command of the access entry, the row of aws-auth and every right', async () => {
    const { code, out } = await runCli(['permissions', '--kubernetes', ...entrant]);
    expect(code).toBe(0);
    expect(out).toContain(
      `aws eks create-access-entry --cluster-name prod --principal-arn ${PRINCIPAL} --kubernetes-groups podtrust-read`,
    );
    expect(out).toContain('"rolearn":"arn:aws-cn:iam::111122223333:role/podtrust-read"');
    for (const { verb, resource } of READ_RIGHTS) expect(out).toContain(`${verb} ${resource}`);
    expect(out).toContain('ec2:DescribeInstances');
  });

  it('prints manifests that kubectl takes', async () => {
    const { out } = await runCli(['permissions', '--kubernetes', '--output', 'yaml']);
    expect(parseAllDocuments(out).map((document) => document.toJS())).toEqual(readManifests());
  });

  it('tells machines the rules that a missing right costs, as the rules declare it', async () => {
    const { out } = await runCli(['permissions', '--kubernetes', '--output', 'json', ...entrant]);
    const told: { reads: { read: string; view: boolean; rules: string[] }[]; accessEntry: object } =
      JSON.parse(out);
    const needing = rules.filter(({ needs }) => needs.includes('kubernetes:nodes')).map(({ name }) => name);
    expect(told.reads).toContainEqual({ read: 'kubernetes:nodes', view: false, rules: needing });
    expect(told.accessEntry).toMatchObject({
      cloudFormation: {
        Type: 'AWS::EKS::AccessEntry',
        Properties: { ClusterName: 'prod', PrincipalArn: PRINCIPAL, KubernetesGroups: ['podtrust-read'] },
      },
    });
  });
});

it('permissions has no manifests for AWS', async () => {
  const { code, err } = await runCli(['permissions', '--output', 'yaml']);
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('--kubernetes') });
});

describe('permissions --kubernetes --write', () => {
  const write = ['permissions', '--kubernetes', '--write'];

  it('prints the group, its rights and the access entry of whoever writes', async () => {
    const { code, out } = await runCli([...write, ...entrant]);
    expect(code).toBe(0);
    expect(out).toContain('get, patch, delete configmaps/aws-auth');
    expect(out).toContain(`--principal-arn ${PRINCIPAL} --kubernetes-groups podtrust-write`);
  });

  it('prints manifests that kubectl takes, which open no other object', async () => {
    const { out } = await runCli([...write, '--output', 'yaml']);
    expect(parseAllDocuments(out).map((document) => document.toJS())).toEqual(writeManifests());
    expect(out).not.toMatch(/serviceaccounts|secrets|ClusterRole/);
  });

  it('tells machines the rights for annotations apart', async () => {
    const { out } = await runCli([...write, '--output', 'json', ...entrant]);
    expect(JSON.parse(out)).toMatchObject({
      annotations: [{ kind: 'ClusterRole' }, { kind: 'ClusterRoleBinding' }],
    });
  });

  it('is nothing without --kubernetes', async () => {
    expect((await runCli(['permissions', '--write'])).code).toBe(2);
  });
});
