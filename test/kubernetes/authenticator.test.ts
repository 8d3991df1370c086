import { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { clientConfig } from '../support/kubernetes/clients.ts';
import { startCluster } from '../support/kubernetes/cluster.ts';
import { must, send } from '../support/kubernetes/http.ts';
import {
  credentialsOf,
  removeAwsAuth,
  type TestCredentials,
  writeAwsAuth,
} from '../support/kubernetes/identities.ts';
import { type Presigning, presignedToken } from '../support/kubernetes/presigned-token.ts';

const kubernetes = inject('kubernetes');
const ACCOUNT = '111122223333';
/** How long the authenticator may take to see a change of aws-auth. */
const WATCHED = { timeout: 15_000, interval: 250 };

const tokenOf = async (credentials: TestCredentials, options: Presigning = {}): Promise<string> =>
  presignedToken(kubernetes, credentials, options);

async function statusOf(arn: string, options: Presigning = {}, path = '/api/v1/namespaces'): Promise<number> {
  const token = await tokenOf(await credentialsOf(kubernetes, arn), options);
  return (await send({ ...kubernetes, token }, 'GET', path)).status;
}

const sessionOf = (role: string, name = 'alice'): string =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`;

const mapRoles = `
- rolearn: arn:aws:iam::${ACCOUNT}:role/admin
  username: admin:{{SessionName}}
  groups: [system:masters]
- rolearn: arn:aws:iam::${ACCOUNT}:role/viewer
  username: viewer
  groups: [viewers]
- rolearn: arn:aws:iam::${ACCOUNT}:role/teams/blue/deployer
  username: deployer
  groups: [system:masters]
`;

describe('with aws-auth', () => {
  beforeAll(async () => {
    await writeAwsAuth(kubernetes, {
      mapRoles,
      mapUsers: `- userarn: arn:aws:iam::${ACCOUNT}:user/ops/bob\n  username: bob\n  groups: [system:masters]\n`,
    });
    await must(kubernetes, 'POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'authenticator-test-viewers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'viewers' }],
    });
    await vi.waitFor(async () => expect(await statusOf(sessionOf('admin'))).toBe(200), WATCHED);
  });

  afterAll(async () => {
    await removeAwsAuth(kubernetes);
    await must(
      kubernetes,
      'DELETE',
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/authenticator-test-viewers',
    );
  });

  it('lets a mapped role read with @kubernetes/client-node', async () => {
    const token = await tokenOf(await credentialsOf(kubernetes, sessionOf('admin')));
    const core = clientConfig({ ...kubernetes, token }).makeApiClient(CoreV1Api);
    expect((await core.listNamespacedSecret({ namespace: 'kube-system' })).kind).toBe('SecretList');
  });

  it('signs it in under the name of the mapping, with the session in it', async () => {
    const token = await tokenOf(await credentialsOf(kubernetes, sessionOf('admin', 'alice@example.com')));
    const review = await must(
      { ...kubernetes, token },
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      {},
    );
    expect(JSON.parse(review).status.userInfo).toMatchObject({
      username: 'admin:alice-example.com',
      groups: ['system:masters', 'system:authenticated'],
    });
  });

  it.each([
    ['a mapped viewer lists pods', sessionOf('viewer'), '/api/v1/pods', 200],
    ['a mapped viewer does not list secrets', sessionOf('viewer'), '/api/v1/secrets', 403],
    [
      'a user with a path, written with it, gets in',
      `arn:aws:iam::${ACCOUNT}:user/ops/bob`,
      '/api/v1/pods',
      200,
    ],
    ['a role that is not mapped is refused', sessionOf('nobody'), '/api/v1/pods', 401],
    ['a role mapped with its path is refused', sessionOf('deployer'), '/api/v1/pods', 401],
    [
      'a role of that name in another account is refused',
      'arn:aws:sts::444455556666:assumed-role/admin/alice',
      '/api/v1/pods',
      401,
    ],
  ])('%s', async (_why, arn, path, status) => {
    expect(await statusOf(arn, {}, path)).toBe(status);
  });

  it.each<[string, Presigning]>([
    ['signed for another cluster', { cluster: 'other' }],
    ["of a region that is not the endpoint's", { region: 'eu-west-1', host: 'sts.us-east-1.amazonaws.com' }],
    ["for a host that is not STS's", { host: 'sts.us-east-1.example.com' }],
    ['sixteen minutes old', { signingDate: new Date(Date.now() - 16 * 60_000) }],
    ['with a parameter that the SDK adds', { query: { 'x-id': 'GetCallerIdentity' } }],
  ])('refuses a token %s', async (_why, options) => {
    expect(await statusOf(sessionOf('admin'), options)).toBe(401);
  });

  it('refuses a token whose signature is of another secret', async () => {
    const credentials = await credentialsOf(kubernetes, sessionOf('admin'));
    const token = await tokenOf({ ...credentials, secretAccessKey: 'guessed' });
    expect(await send({ ...kubernetes, token }, 'GET', '/api/v1/namespaces')).toMatchObject({ status: 401 });
  });

  it('takes a token of another region of the partition', async () => {
    expect(await statusOf(sessionOf('admin'), { region: 'eu-west-1' })).toBe(200);
  });

  it('takes a token of fourteen minutes', async () => {
    expect(await statusOf(sessionOf('admin'), { signingDate: new Date(Date.now() - 14 * 60_000) })).toBe(200);
  });
});

it('refuses a role that was removed from aws-auth', async () => {
  await writeAwsAuth(kubernetes, { mapRoles });
  await vi.waitFor(async () => expect(await statusOf(sessionOf('admin'))).toBe(200), WATCHED);
  await writeAwsAuth(kubernetes, { mapRoles: mapRoles.replace('role/admin', 'role/former') });
  await vi.waitFor(async () => expect(await statusOf(sessionOf('admin'))).toBe(401), WATCHED);
  await removeAwsAuth(kubernetes);
});

it('lets a role of China in where the cluster is in China, and nobody from elsewhere', async () => {
  const { kubernetes: beijing, close } = await startCluster({
    controllers: false,
    authenticator: true,
    partition: 'aws-cn',
  });
  try {
    await writeAwsAuth(beijing, { mapRoles: mapRoles.replaceAll('arn:aws:', 'arn:aws-cn:') });
    const status = async (arn: string, options: Presigning = {}): Promise<number> => {
      const token = await presignedToken(beijing, await credentialsOf(beijing, arn), options);
      return (await send({ ...beijing, token }, 'GET', '/api/v1/namespaces')).status;
    };
    const admin = sessionOf('admin').replace('arn:aws:', 'arn:aws-cn:');
    await vi.waitFor(async () => expect(await status(admin)).toBe(200), WATCHED);
    expect(await status(sessionOf('admin'))).toBe(401);
    expect(await status(admin, { region: 'us-east-1', host: 'sts.us-east-1.amazonaws.com' })).toBe(401);
  } finally {
    await close();
  }
});
