import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { type Snapshot, snapshotSchema } from '../../shared/estate/snapshot.ts';
import { removeAwsAuth, writeAwsAuth } from '../support/kubernetes/identities.ts';
import { runCli } from '../support/run-cli.ts';
import { ID, stubAccount } from '../support/stub-account.ts';
import { type StubService, stubClients } from '../support/stub-aws.ts';

const kubernetes = inject('kubernetes');

/** The stub's account, whose one cluster is the one on loopback. */
const account: StubService = (call) => {
  const arn = `arn:aws:eks:eu-west-1:${ID}:cluster/${kubernetes.cluster}`;
  switch (call.operation) {
    case 'ListClusters':
      return { clusters: call.region === 'eu-west-1' ? [kubernetes.cluster] : [] };
    case 'DescribeCluster':
      return {
        cluster: {
          name: kubernetes.cluster,
          arn,
          status: 'ACTIVE',
          endpoint: kubernetes.server,
          certificateAuthority: { data: Buffer.from(kubernetes.certificateAuthority).toString('base64') },
          accessConfig: { authenticationMode: 'CONFIG_MAP' },
        },
      };
    default:
      return stubAccount(call);
  }
};

vi.mock('../../shared/aws/clients.ts', async (original) => ({
  ...(await original<typeof import('../../shared/aws/clients.ts')>()),
  createClients: () => stubClients(account),
}));

const userarn = `arn:aws:iam::${ID}:user/auditor`;

beforeAll(async () => {
  // The keys that the stub's clients sign with.
  const identity = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'secret',
    arn: userarn,
    userId: 'AIDAEXAMPLE',
  };
  await fetch(kubernetes.sts, { method: 'PUT', body: JSON.stringify(identity) });
  await writeAwsAuth(kubernetes, {
    mapUsers: `- userarn: ${userarn}\n  username: auditor\n  groups: [system:masters]\n`,
  });
  await vi.waitFor(async () => expect((await collected()).cluster?.kubernetes).toBeDefined(), {
    timeout: 20_000,
    interval: 500,
  });
});
afterAll(async () => removeAwsAuth(kubernetes));

async function collected(...options: readonly string[]) {
  const file = join(kubernetes.folder, 'snapshot.json');
  const { code, err } = await runCli(['collect', '--out', file, ...options], {
    now: () => new Date(),
  });
  expect({ code, err }).toMatchObject({ code: 0 });
  const snapshot: Snapshot = snapshotSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const clusters = snapshot.accounts.flatMap(({ regions = [] }) =>
    regions.flatMap((one) => one.clusters ?? []),
  );
  return { cluster: clusters[0], gaps: snapshot.coverage.map(({ read }) => read) };
}

it('collect reads the Kubernetes API of a cluster without being asked to, with the AWS credentials', async () => {
  const { cluster, gaps } = await collected();
  expect(gaps).toEqual([]);
  expect(cluster?.kubernetes?.namespaces).toContain('kube-system');
  expect(cluster?.kubernetes?.awsAuth?.data['mapUsers']).toContain('auditor');
});

it('--no-kubernetes leaves it alone, and that is no gap', async () => {
  const { cluster, gaps } = await collected('--no-kubernetes');
  expect(gaps).toEqual([]);
  expect(cluster?.kubernetes).toBeUndefined();
});

it.each([
  ['the current context', ['--kubeconfig', kubernetes.kubeconfig]],
  [
    "another context, with its user's certificate",
    ['--kubeconfig', kubernetes.kubeconfig, '--context', 'admin-certificate'],
  ],
])('--kubeconfig reads the cluster that it is about: %s', async (_what, options) => {
  const { cluster, gaps } = await collected(...options);
  expect(gaps).toEqual([]);
  expect(cluster?.kubernetes?.namespaces).toContain('kube-system');
});

it.each<[string, readonly string[], RegExp]>([
  ['a kubeconfig that is not there', ['--kubeconfig', '/nowhere/config'], /nowhere\/config cannot be read/],
  [
    'a context that the kubeconfig has not',
    ['--kubeconfig', kubernetes.kubeconfig, '--context', 'prod'],
    /no context "prod"; it has admin, admin-certificate/,
  ],
  [
    'a kubeconfig for what is not read',
    ['--no-kubernetes', '--kubeconfig', kubernetes.kubeconfig],
    /--no-kubernetes leaves no use for --kubeconfig/,
  ],
])('refuses %s', async (_what, options, reason) => {
  const { code, err } = await runCli(['collect', '--out', join(kubernetes.folder, 'none.json'), ...options]);
  expect(code).toBe(2);
  expect(err).toMatch(reason);
});
