import { beforeAll, describe, expect, inject, it } from 'vitest';
import { kubernetesSchema } from '../../shared/estate/kubernetes-schema.ts';
import { type Connection, connectBy, connectTo, kubeconfigOf } from '../../shared/kube/connect.ts';
import { readKubernetes } from '../../shared/kube/read-kubernetes.ts';
import { tokenSource } from '../../shared/kube/token.ts';
import { must } from '../support/kubernetes/http.ts';
import { credentialsOf, writeAwsAuth } from '../support/kubernetes/identities.ts';

const kubernetes = inject('kubernetes');
const now = () => new Date();
const connection = (): Connection => connectBy(kubeconfigOf({ file: kubernetes.kubeconfig }));

describe('reading a cluster', () => {
  beforeAll(async () => {
    await must(kubernetes, 'POST', '/api/v1/namespaces', { metadata: { name: 'read-me' } });
    await must(kubernetes, 'POST', '/api/v1/namespaces/read-me/serviceaccounts', {
      metadata: {
        name: 'cart',
        annotations: {
          'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/cart',
          'example.com/owner': 'nobody',
        },
      },
    });
    await must(kubernetes, 'POST', '/api/v1/namespaces/read-me/pods', {
      metadata: { name: 'cart-1', labels: { app: 'cart' } },
      spec: {
        serviceAccountName: 'cart',
        containers: [
          {
            name: 'main',
            image: 'cart',
            env: [
              { name: 'AWS_SECRET_ACCESS_KEY', value: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
              { name: 'HTTPS_PROXY', value: 'http://user:secret@proxy:3128' },
              { name: 'PATH_TO', value: 'somewhere' },
            ],
          },
        ],
      },
    });
  });

  it('gives what identity depends on, and nothing else', async () => {
    const { data, gaps } = await readKubernetes(connection(), { now });
    expect(gaps).toEqual([]);
    expect(kubernetesSchema.safeParse(data).error).toBeUndefined();
    expect(data?.namespaces).toContain('read-me');
    expect(
      data?.serviceAccounts?.find((one) => one.name === 'cart' && one.namespace === 'read-me'),
    ).toMatchObject({
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/cart' },
      annotated: expect.any(String),
    });
    expect(data?.pods?.find(({ serviceAccount }) => serviceAccount === 'cart')).toMatchObject({
      workload: { kind: 'Pod', name: 'cart-1' },
      count: 1,
      containers: [
        {
          name: 'main',
          env: [{ name: 'AWS_SECRET_ACCESS_KEY' }, { name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
        },
      ],
    });
    expect(data?.roles?.some(({ name }) => name === 'cluster-admin')).toBe(true);
    expect(data?.bindings?.length).toBeGreaterThan(10);
    expect(JSON.stringify(data)).not.toMatch(/wJalr|secret@|nobody|PATH_TO/);
  });

  it('signs in with a presigned token as a mapped role, and is told apart from one that is not mapped', async () => {
    const mapped = 'arn:aws:iam::111122223333:role/podtrust-read';
    const session = 'arn:aws:sts::111122223333:assumed-role/podtrust-read/podtrust';
    const stranger = 'arn:aws:sts::111122223333:assumed-role/stranger/podtrust';
    await writeAwsAuth(kubernetes, {
      mapRoles: `- rolearn: ${mapped}\n  username: podtrust\n  groups: [system:masters]\n`,
    });
    const as = async (arn: string) => {
      const token = tokenSource(
        async () => credentialsOf(kubernetes, arn),
        { id: kubernetes.cluster, region: kubernetes.region, partition: 'aws' },
        now,
      );
      const certificateAuthority = Buffer.from(kubernetes.certificateAuthority).toString('base64');
      return readKubernetes(connectTo({ server: kubernetes.server, certificateAuthority, token }), { now });
    };
    await expect.poll(async () => (await as(session)).gaps, { timeout: 20_000, interval: 500 }).toEqual([]);
    const refused = await as(stranger);
    expect(refused.data).toBeUndefined();
    expect(refused.gaps).toEqual([{ read: 'kubernetes:connect', reason: expect.stringContaining('401') }]);
  });
});
