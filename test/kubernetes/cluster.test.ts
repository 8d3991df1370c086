import {
  AuthenticationV1Api,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  VersionApi,
} from '@kubernetes/client-node';
import { createLocalJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { clientConfig } from '../support/kubernetes/clients.ts';
import { must, send } from '../support/kubernetes/http.ts';
import { createNamespace, createServiceAccounts } from '../support/kubernetes/workload.ts';

const kubernetes = inject('kubernetes');
const core = clientConfig(kubernetes).makeApiClient(CoreV1Api);

it.each(['admin', 'admin-certificate'])(
  'lets in who uses the kubeconfig with the context %s',
  async (context) => {
    const config = new KubeConfig();
    config.loadFromFile(kubernetes.kubeconfig);
    config.setCurrentContext(context);
    const namespaces = await config.makeApiClient(CoreV1Api).listNamespace();
    expect(namespaces.items.map((each) => each.metadata?.name)).toContain('kube-system');
  },
);

it('is the Kubernetes that it was built from', async () => {
  const { gitVersion } = await clientConfig(kubernetes).makeApiClient(VersionApi).getCode();
  expect(gitVersion).toMatch(/^v1\.36\./);
});

it('has what controllers make: a default ServiceAccount in each namespace, rules in the role view', async () => {
  const namespace = await createNamespace(kubernetes, 'made');
  await expect
    .poll(() => send(kubernetes, 'GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`))
    .toMatchObject({ status: 200 });
  const rbac = clientConfig(kubernetes).makeApiClient(RbacAuthorizationV1Api);
  await expect
    .poll(async () => (await rbac.readClusterRole({ name: 'view' })).rules?.length ?? 0)
    .toBeGreaterThan(5);
});

describe('a token of a ServiceAccount', () => {
  let namespace: string;
  let token: string;
  let keys: ReturnType<typeof createLocalJWKSet>;

  beforeAll(async () => {
    namespace = await createNamespace(kubernetes, 'tokens');
    await createServiceAccounts(kubernetes, { namespace, count: 1 });
    const { status } = await core.createNamespacedServiceAccountToken({
      name: 'sa-0',
      namespace,
      body: { spec: { audiences: ['sts.amazonaws.com'], expirationSeconds: 600 } },
    });
    token = status?.token ?? '';
    keys = createLocalJWKSet(JSON.parse(await must(kubernetes, 'GET', '/openid/v1/jwks')));
  });

  it('is made for the audience asked for and verifies against the published keys', async () => {
    expect(decodeProtectedHeader(token).alg).toBe('RS256');
    const { payload } = await jwtVerify(token, keys, {
      audience: 'sts.amazonaws.com',
      issuer: kubernetes.issuer,
    });
    expect(payload.sub).toBe(`system:serviceaccount:${namespace}:sa-0`);
  });

  it('does not verify for another audience, nor with its payload changed', async () => {
    await expect(jwtVerify(token, keys, { audience: 'vault' })).rejects.toBeInstanceOf(
      errors.JWTClaimValidationFailed,
    );
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'system:serviceaccount:kube-system:x' }));
    await expect(
      jwtVerify(`${header}.${forged.toString('base64url')}.${signature}`, keys),
    ).rejects.toBeInstanceOf(errors.JWSSignatureVerificationFailed);
  });

  it('is reviewed by the API server as what it is', async () => {
    const authentication = clientConfig(kubernetes).makeApiClient(AuthenticationV1Api);
    const review = await authentication.createTokenReview({
      body: { spec: { token, audiences: ['sts.amazonaws.com'] } },
    });
    expect(review.status).toMatchObject({
      authenticated: true,
      user: { username: `system:serviceaccount:${namespace}:sa-0` },
    });
  });

  it('does not sign in at the API server, whose audience it lacks', async () => {
    expect(await send({ ...kubernetes, token }, 'GET', '/api/v1/namespaces')).toMatchObject({ status: 401 });
  });
});

it('shows its issuer and keys to the anonymous once they are bound to the role for it, as EKS has it', async () => {
  const { server, certificateAuthority } = kubernetes;
  const status = async (path: string): Promise<number> =>
    (await send({ server, certificateAuthority }, 'GET', path)).status;
  expect(await status('/openid/v1/jwks')).toBe(403);
  const rbac = clientConfig(kubernetes).makeApiClient(RbacAuthorizationV1Api);
  const name = 'cluster-test-issuer-discovery';
  await rbac.createClusterRoleBinding({
    body: {
      metadata: { name },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:service-account-issuer-discovery',
      },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:unauthenticated' }],
    },
  });
  await expect.poll(() => status('/openid/v1/jwks')).toBe(200);
  expect(await status('/.well-known/openid-configuration')).toBe(200);
  await rbac.deleteClusterRoleBinding({ name });
});

it('lets a ServiceAccount do what a RoleBinding says in its namespace and nowhere else', async () => {
  const namespace = await createNamespace(kubernetes, 'rbac');
  const other = await createNamespace(kubernetes, 'rbac');
  await createServiceAccounts(kubernetes, { namespace, count: 1 });
  const rbac = clientConfig(kubernetes).makeApiClient(RbacAuthorizationV1Api);
  await rbac.createNamespacedRole({
    namespace,
    body: {
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
    },
  });
  await rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'sa-0', namespace }],
    },
  });
  const { status } = await core.createNamespacedServiceAccountToken({
    name: 'sa-0',
    namespace,
    body: { spec: { audiences: [] } },
  });
  const reader = { ...kubernetes, token: status?.token ?? '' };
  await expect
    .poll(() => send(reader, 'GET', `/api/v1/namespaces/${namespace}/pods`))
    .toMatchObject({ status: 200 });
  expect(await send(reader, 'GET', `/api/v1/namespaces/${other}/pods`)).toMatchObject({ status: 403 });
  expect(await send(reader, 'GET', `/api/v1/namespaces/${namespace}/secrets`)).toMatchObject({ status: 403 });
});

it('pages a list at one resourceVersion, whatever is created meanwhile', async () => {
  const namespace = await createNamespace(kubernetes, 'paging');
  await createServiceAccounts(kubernetes, { namespace, count: 25 });
  const names: string[] = [];
  const versions = new Set<string | undefined>();
  let next: string | undefined;
  do {
    const page = await core.listNamespacedServiceAccount({
      namespace,
      limit: 10,
      fieldSelector: 'metadata.name!=default',
      ...(next === undefined ? {} : { _continue: next }),
    });
    names.push(...page.items.map((each) => each.metadata?.name ?? ''));
    versions.add(page.metadata?.resourceVersion);
    next = page.metadata?._continue || undefined;
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { generateName: 'late-' } } });
  } while (next !== undefined);
  expect(names.sort()).toEqual(Array.from({ length: 25 }, (_, at) => `sa-${at}`).sort());
  expect(versions.size).toBe(1);
});
