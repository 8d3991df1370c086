import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { explainAccess } from '../../shared/audit/explain-access.ts';
import type { Explanation } from '../../shared/audit/explanation.ts';
import type { KubernetesRead } from '../../shared/aws/kubernetes-reader.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { parsePrincipal } from '../../shared/identity/access/principal.ts';
import { connectBy, kubeconfigOf } from '../../shared/kube/connect.ts';
import { readKubernetes } from '../../shared/kube/read-kubernetes.ts';
import { kubernetesReader } from '../../shared/kube/reader.ts';
import { readCluster, teamRole } from '../../shared/rules/examples/access.ts';
import { estateOf } from '../../shared/rules/examples/estate.ts';
import { must, send } from '../support/kubernetes/http.ts';
import { removeAwsAuth, writeAwsAuth } from '../support/kubernetes/identities.ts';
import { endpointOf } from '../support/kubernetes/reader.ts';

// What `explain --principal` says of a cluster as podtrust's own reader shows it, before the same principal tries.

const kubernetes = inject('kubernetes');
const now = () => new Date();
const ACCOUNT = '111122223333';
const WATCHED = { timeout: 20_000, interval: 500 };

const PATHS = { reader: '/', stranger: '/', removed: '/', pathed: '/platform/ops/', powerless: '/' } as const;
type Name = keyof typeof PATHS;
const arnOf = (name: Name): string => `arn:aws:iam::${ACCOUNT}:role${PATHS[name]}${name}`;
const session = (name: Name): string => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/foretold`;

const row = (arn: string, group: string): string =>
  `- rolearn: ${arn}\n  username: "${group}:{{SessionName}}"\n  groups: [${group}]\n`;
const ROWS = {
  reader: row(arnOf('reader'), 'foretold-readers'),
  removed: row(arnOf('removed'), 'foretold-readers'),
  pathed: row(arnOf('pathed'), 'foretold-readers'),
  pathless: row(`arn:aws:iam::${ACCOUNT}:role/pathed`, 'foretold-readers'),
  powerless: row(arnOf('powerless'), 'foretold-nobodies'),
};

/** The cluster as EKS would describe it, with what its API shows to an administrator. */
async function foretold(name: Name): Promise<Explanation> {
  const connection = connectBy(kubeconfigOf({ file: kubernetes.kubeconfig }));
  const { data, gaps } = await readKubernetes(connection, { now });
  await connection.close();
  expect(gaps).toEqual([]);
  if (data === undefined) throw new Error('the administrator could not read the cluster');
  const cluster = readCluster({
    name: kubernetes.cluster,
    authenticationMode: 'CONFIG_MAP',
    creator: { arn: `arn:aws:iam::${ACCOUNT}:role/terraform`, at: '2026-01-10T08:00:00Z' },
    kubernetes: data,
  });
  const roles = (['reader', 'stranger', 'removed', 'pathed', 'powerless'] as const).map((role) =>
    teamRole({ arn: arnOf(role) }),
  );
  const estate = buildEstate(estateOf({ clusters: [cluster], roles }));
  const [view] = estate.clusters;
  const principal = parsePrincipal(arnOf(name));
  if (view === undefined || principal === null)
    throw new Error('unreachable: one cluster, and ARNs of roles');
  return explainAccess(estate, { cluster: view, principal });
}

/** Signs in with a presigned token and reads, as collection does. */
async function tried(name: Name): Promise<KubernetesRead> {
  const answer = await kubernetesReader({ now })(await endpointOf(kubernetes, session(name)));
  if (answer === null) throw new Error('unreachable: every cluster is asked');
  return answer;
}

const refused = {
  data: undefined,
  gaps: [{ read: 'kubernetes:connect', reason: expect.stringContaining('(401)') }],
};

/** Until the authenticator has seen what was written. */
const until = (name: Name, gets: 'in' | 'refused') =>
  vi.waitFor(async () => {
    const { data } = await tried(name);
    expect(data === undefined ? 'refused' : 'in').toBe(gets);
  }, WATCHED);

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

describe('who gets in is said before anybody tries', () => {
  beforeAll(async () => {
    await must(kubernetes, 'POST', `${RBAC}/clusterroles`, {
      metadata: { name: 'foretold-read' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
    });
    await must(kubernetes, 'POST', `${RBAC}/clusterrolebindings`, {
      metadata: { name: 'foretold-read' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'foretold-read' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'foretold-readers' }],
    });
    await writeAwsAuth(kubernetes, { mapRoles: ROWS.reader + ROWS.removed + ROWS.pathed + ROWS.powerless });
    await until('reader', 'in');
  });
  afterAll(async () => {
    await removeAwsAuth(kubernetes);
    await send(kubernetes, 'DELETE', `${RBAC}/clusterrolebindings/foretold-read`);
    await send(kubernetes, 'DELETE', `${RBAC}/clusterroles/foretold-read`);
  });

  it('a mapped role signs in and reads', async () => {
    expect(await foretold('reader')).toMatchObject({ verdict: 'works', reason: null });
    const { data, gaps } = await tried('reader');
    expect(gaps).toEqual([]);
    expect(data?.awsAuth?.data['mapRoles']).toContain(arnOf('reader'));
    expect(data?.namespaces).toContain('kube-system');
  });

  it('a role that nothing maps is refused', async () => {
    const answer = await foretold('stranger');
    expect(answer).toMatchObject({ verdict: 'broken', reason: { check: 'aws-auth' } });
    expect(answer.reason?.detail).toMatch(/aws-auth does not map it.*401 Unauthorized/);
    expect(answer.repair?.text).toContain(`rolearn: ${arnOf('stranger')}`);
    expect(await tried('stranger')).toEqual(refused);
  });

  it('a role mapped with its path is refused, and gets in once the path is left out as the repair says', async () => {
    const answer = await foretold('pathed');
    expect(answer).toMatchObject({
      verdict: 'broken',
      reason: { check: 'aws-auth', rule: 'no-role-path-in-aws-auth' },
    });
    expect(answer.reason?.detail).toContain('STS names roles without their path');
    expect(answer.repair?.text).toContain(`Write arn:aws:iam::${ACCOUNT}:role/pathed in mapRoles`);
    expect(await tried('pathed')).toEqual(refused);

    await writeAwsAuth(kubernetes, { mapRoles: ROWS.reader + ROWS.removed + ROWS.pathless + ROWS.powerless });
    expect(await foretold('pathed')).toMatchObject({ verdict: 'works' });
    await until('pathed', 'in');
  });

  it('a role without rights signs in and may read nothing', async () => {
    const answer = await foretold('powerless');
    expect(answer).toMatchObject({
      verdict: 'broken',
      reason: { check: 'authorization', rule: 'no-unbound-group' },
    });
    expect(answer.reason?.detail).toContain('403 Forbidden');
    const { gaps } = await tried('powerless');
    expect(gaps.map(({ read }) => read)).toContain('kubernetes:serviceaccounts');
    expect(gaps.every(({ reason }) => reason.includes('(403)'))).toBe(true);
  });

  it('a role that is removed from aws-auth gets in until then, and is refused afterwards', async () => {
    expect(await foretold('removed')).toMatchObject({ verdict: 'works' });
    expect(await tried('removed')).toMatchObject({ gaps: [] });

    await writeAwsAuth(kubernetes, { mapRoles: ROWS.reader });
    const answer = await foretold('removed');
    expect(answer).toMatchObject({ verdict: 'broken', reason: { check: 'aws-auth' } });
    await until('removed', 'refused');
    await until('reader', 'in');
    expect(await tried('removed')).toEqual(refused);
  });
});
