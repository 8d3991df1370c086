import { readFileSync } from 'node:fs';
import { CreateOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { collect } from '../../shared/aws/collect.ts';
import { applyChanges } from '../../shared/changes/apply.ts';
import type { World } from '../../shared/changes/applying.ts';
import { type Change, inverse } from '../../shared/changes/change.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { clusterObjectsOf } from '../../shared/kube/changes/cluster-objects.ts';
import type { ClusterObjects } from '../../shared/kube/changes/objects.ts';
import { connectBy, kubeconfigOf } from '../../shared/kube/connect.ts';
import { kubernetesReader, type ReachedCluster } from '../../shared/kube/reader.ts';
import { planAnnotation } from '../../shared/plans/annotation/annotate.ts';
import { ACCOUNT, CLUSTER, createStage, inCluster, roleArn, type Stage } from '../support/change-kinds.ts';
import { Desk, sha256, simulatedWorld } from '../support/changes.ts';
import { must, send } from '../support/kubernetes/http.ts';
import { removeAwsAuth } from '../support/kubernetes/identities.ts';
import { createNamespace } from '../support/kubernetes/workload.ts';

const kubernetes = inject('kubernetes');
const MAP = '/api/v1/namespaces/kube-system/configmaps/aws-auth';
const kubeconfig = kubeconfigOf({ file: kubernetes.kubeconfig });
const reached: ReachedCluster = {
  account: ACCOUNT,
  region: inCluster.region,
  name: CLUSTER,
  arn: '',
  partition: 'aws',
  server: kubernetes.server,
  credentials: async () => ({ accessKeyId: '', secretAccessKey: '' }),
};
const core = () => connectBy(kubeconfig).core;

/** AWS is simulated, the cluster is real: its endpoint is what DescribeCluster shows. */
async function realWorld(): Promise<{ stage: Stage; world: World; desk: Desk }> {
  const stage = await createStage();
  const state = stage.simulation.world.accounts
    .get(ACCOUNT)
    ?.regions.get(inCluster.region)
    ?.clusters.get(CLUSTER);
  if (state === undefined) throw new Error('no cluster');
  state.cluster.endpoint = kubernetes.server;
  const objects = clusterObjectsOf({ now: () => new Date(), kubeconfig });
  const world = simulatedWorld(stage.simulation, ACCOUNT, { kubernetes: objects, annotates: true });
  return { stage, world, desk: new Desk(world, stage.simulation) };
}

const mapNow = async () => {
  const { data, metadata } = await core().readNamespacedConfigMap({
    namespace: 'kube-system',
    name: 'aws-auth',
  });
  return { data, labels: metadata?.labels, annotations: metadata?.annotations };
};

const before = { mapRoles: '- rolearn: a\n', mapUsers: '[]\n', other: 'kept\n' };
const after = { mapRoles: '- rolearn: b\n', other: 'kept\n', mapAccounts: '[]\n' };
const awsAuth = (one: Record<string, string> | null, two: Record<string, string> | null): Change => ({
  kind: 'aws-auth',
  target: inCluster,
  before: one && { data: one },
  after: two && { data: two },
});

describe('aws-auth at a real API server', () => {
  beforeEach(async () => {
    await removeAwsAuth(kubernetes);
    await must(kubernetes, 'POST', '/api/v1/namespaces/kube-system/configmaps', {
      metadata: { name: 'aws-auth', labels: { team: 'platform' }, annotations: { note: 'by hand' } },
      data: before,
      binaryData: { blob: 'AAEC' },
    });
  });

  it('is changed in its data alone, and back again', async () => {
    const { desk } = await realWorld();
    const change = awsAuth(before, after);
    const original = await mapNow();
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
    expect(await mapNow()).toEqual({ ...original, data: after });
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 0, already: 1 });
    expect(await desk.undo([change])).toMatchObject({ outcome: 'applied', written: 1 });
    expect(await mapNow()).toEqual(original);
    const { body } = await send(kubernetes, 'GET', MAP);
    expect(JSON.parse(body)).toMatchObject({ binaryData: { blob: 'AAEC' } });
  });

  it('keeps what somebody wrote between reading and writing: 409 is stale, nothing is lost', async () => {
    const { world, desk, stage } = await realWorld();
    let patched = 0;
    const objects = await clusterObjectsOf({ now: () => new Date(), kubeconfig })(reached);
    const racing = simulatedWorld(stage.simulation, ACCOUNT, {
      kubernetes: async () => ({
        ...objects,
        patchConfigMap: async (...patch) => {
          patched += 1;
          await must(kubernetes, 'PUT', MAP, {
            metadata: { name: 'aws-auth' },
            data: { ...before, mapUsers: '- userarn: theirs\n' },
          });
          await objects.patchConfigMap(...patch);
        },
      }),
    });
    const outcome = await applyChanges('plan', [awsAuth(before, after)], { ...desk.applying, world: racing });
    expect(patched).toBe(1);
    expect(outcome).toMatchObject({ outcome: 'stale' });
    expect((await mapNow()).data).toEqual({ ...before, mapUsers: '- userarn: theirs\n' });
    expect(desk.held.size).toBe(0);
    expect(await world.read(awsAuth(before, after))).toEqual({ data: (await mapNow()).data });
  });

  it('is deleted and made again, and neither over what somebody else made of it', async () => {
    const { desk, world } = await realWorld();
    const removal = awsAuth(before, null);
    expect(await desk.apply([removal])).toMatchObject({ outcome: 'applied', written: 1 });
    expect(await world.read(removal)).toBeNull();
    await must(kubernetes, 'POST', '/api/v1/namespaces/kube-system/configmaps', {
      metadata: { name: 'aws-auth' },
      data: { mapRoles: 'theirs' },
    });
    const back = inverse(removal);
    await expect(back && world.write(back)).rejects.toThrow('changed between reading and writing');
    expect((await mapNow()).data).toEqual({ mapRoles: 'theirs' });
    await expect(world.write(removal)).rejects.toThrow('changed between reading and writing');
  });

  it('is written to no other cluster than the one that the kubeconfig is about', async () => {
    const { world, stage } = await realWorld();
    const state = stage.simulation.world.accounts
      .get(ACCOUNT)
      ?.regions.get(inCluster.region)
      ?.clusters.get(CLUSTER);
    if (state === undefined) throw new Error('no cluster');
    state.cluster.endpoint = 'https://another.eks.amazonaws.com';
    await expect(world.read(awsAuth(before, after))).rejects.toThrow('is not about');
  });
});

describe('the rights of docs/kubernetes', () => {
  const RBAC = '/apis/rbac.authorization.k8s.io/v1';

  /** A world of a user who has the rights of one file and no others. */
  async function worldOf(
    name: string,
    file: string,
    base: string,
    kind: 'roles' | 'clusterroles',
  ): Promise<{ stage: Stage; desk: Desk; objects: ClusterObjects }> {
    const manifest = readFileSync(new URL(`../../docs/kubernetes/${file}`, import.meta.url), 'utf8');
    const [role, binding] = parseAllDocuments(manifest).map((document) => document.toJS());
    const named = (one: object) => ({ ...one, metadata: { name } });
    await send(kubernetes, 'POST', `${base}/${kind}`, named(role));
    await send(kubernetes, 'POST', `${base}/${kind.slice(0, -1)}bindings`, {
      ...named(binding),
      roleRef: { ...binding.roleRef, name },
      subjects: [{ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' }],
    });
    const asWriter = kubeconfigOf({ file: kubernetes.kubeconfig });
    const user = asWriter.getCurrentUser();
    asWriter.users = asWriter.users.map((one) =>
      one.name === user?.name ? { ...one, impersonateUser: name } : one,
    );
    const { stage } = await realWorld();
    const open = clusterObjectsOf({ now: () => new Date(), kubeconfig: asWriter });
    const world = simulatedWorld(stage.simulation, ACCOUNT, { kubernetes: open, annotates: true });
    return { stage, desk: new Desk(world, stage.simulation), objects: await open(reached) };
  }

  it('podtrust-write: are enough to change, remove and make aws-auth, and for nothing else', async () => {
    await removeAwsAuth(kubernetes);
    const { desk, objects } = await worldOf(
      'writer',
      'podtrust-write.yaml',
      `${RBAC}/namespaces/kube-system`,
      'roles',
    );
    const made = awsAuth(null, before);
    const changed = awsAuth(before, after);
    await expect.poll(async () => (await desk.apply([made], 'made')).outcome).toBe('applied');
    expect(await desk.apply([changed], 'changed')).toMatchObject({ outcome: 'applied', written: 1 });
    expect(await desk.undo([made, changed])).toMatchObject({ outcome: 'applied', written: 2 });
    await expect(objects.configMap('kube-system', 'extension-apiserver-authentication')).rejects.toThrow(
      '403',
    );
    await expect(objects.serviceAccount('kube-system', 'default')).rejects.toThrow('403');
    await expect(objects.configMap('default', 'aws-auth')).rejects.toThrow('403');
  });

  it('podtrust-annotate: are enough to annotate ServiceAccounts, and for nothing else', async () => {
    const namespace = await createNamespace(kubernetes, 'annotates');
    await must(kubernetes, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      metadata: { name: 'cart' },
    });
    const { desk, objects } = await worldOf('annotator', 'podtrust-annotate.yaml', RBAC, 'clusterroles');
    const change: Change = {
      kind: 'service-account-annotation',
      target: { ...inCluster, namespace, serviceAccount: 'cart', annotation: 'eks.amazonaws.com/role-arn' },
      before: null,
      after: `arn:aws:iam::${ACCOUNT}:role/a`,
    };
    await expect.poll(async () => (await desk.apply([change], 'made')).outcome).toBe('applied');
    expect(await desk.undo([change])).toMatchObject({ outcome: 'applied', written: 1 });
    await expect(objects.configMap('kube-system', 'aws-auth')).rejects.toThrow('403');
  });
});

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
/** That of EKS, in a cluster in which nothing answers at its address. */
const IDENTITY_WEBHOOK = {
  metadata: { name: 'pod-identity-webhook' },
  webhooks: [
    {
      name: 'iam-for-pods.amazonaws.com',
      failurePolicy: 'Ignore',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      clientConfig: { url: 'https://127.0.0.1:23443/mutate' },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    },
  ],
};

describe('the annotation of a ServiceAccount at a real API server', () => {
  it('comes, changes and goes, and the others stay', async () => {
    const { desk } = await realWorld();
    const namespace = await createNamespace(kubernetes, 'annotated');
    await must(kubernetes, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      metadata: { name: 'cart', annotations: { 'example.com/owner': 'web' }, labels: { app: 'cart' } },
    });
    const annotation = (one: string | null, two: string | null): Change => ({
      kind: 'service-account-annotation',
      target: { ...inCluster, namespace, serviceAccount: 'cart', annotation: 'eks.amazonaws.com/role-arn' },
      before: one,
      after: two,
    });
    const now = async () => {
      const { metadata } = await core().readNamespacedServiceAccount({ namespace, name: 'cart' });
      return [metadata?.annotations, metadata?.labels];
    };
    const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    const owner = { 'example.com/owner': 'web' };
    expect(await desk.apply([annotation(null, role('a'))], 'p1')).toMatchObject({ written: 1 });
    expect(await desk.apply([annotation(role('a'), role('b'))], 'p2')).toMatchObject({ written: 1 });
    expect(await now()).toEqual([{ ...owner, 'eks.amazonaws.com/role-arn': role('b') }, { app: 'cart' }]);
    expect(await desk.apply([annotation(role('a'), role('c'))], 'p3')).toMatchObject({ outcome: 'stale' });
    expect(await desk.apply([annotation(role('b'), null)], 'p4')).toMatchObject({ written: 1 });
    expect(await now()).toEqual([owner, { app: 'cart' }]);
  });

  it('is planned by what is read of it, made with the trust that it needs, done the second time, and taken back', async () => {
    const { stage, desk } = await realWorld();
    const namespace = await createNamespace(kubernetes, 'asked');
    await must(kubernetes, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      metadata: { name: 'cart', labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
    });
    await stage.iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: stage.issuer, ClientIDList: ['sts.amazonaws.com'] }),
    );
    stage.simulation.clock.advance(60);
    const principal = `arn:aws:iam::${ACCOUNT}:role/others`;
    const now = () => new Date();
    const asked = async () => {
      const snapshot = await collect({
        clients: stage.simulation.clients({ account: ACCOUNT, principal }),
        accounts: [ACCOUNT],
        now,
        kubernetes: kubernetesReader({ now, kubeconfig }),
      });
      const estate = buildEstate(snapshot);
      const [cluster] = estate.clusters;
      if (cluster === undefined) throw new Error('no cluster');
      const context = { estate, config: defaultConfig, hash: sha256, now: snapshot.takenAt };
      return planAnnotation({ cluster, namespace, serviceAccount: 'cart', role: roleArn('pod') }, context);
    };
    expect(JSON.stringify(await asked())).toContain('has no identity webhook');
    await must(kubernetes, 'POST', WEBHOOKS, IDENTITY_WEBHOOK);
    onTestFinished(async () => {
      await send(kubernetes, 'DELETE', `${WEBHOOKS}/${IDENTITY_WEBHOOK.metadata.name}`);
    });
    const first = await asked();
    if (first.kind !== 'plan') throw new Error(JSON.stringify(first));
    const { changes, notes } = first.plan;
    expect(changes.map(({ kind }) => kind)).toEqual(['trust-policy', 'service-account-annotation']);
    expect(notes.join(' ')).toContain('Helm writes the ServiceAccount');
    expect(await desk.apply(changes, 'asked')).toMatchObject({ outcome: 'applied', written: 2 });
    stage.simulation.clock.advance(60);
    expect(await asked()).toMatchObject({ kind: 'done' });
    const live = async () =>
      (await core().readNamespacedServiceAccount({ namespace, name: 'cart' })).metadata?.annotations;
    expect(await live()).toEqual({ 'eks.amazonaws.com/role-arn': roleArn('pod') });
    expect(await desk.undo(changes)).toMatchObject({ outcome: 'applied', written: 2 });
    expect((await live()) ?? {}).toEqual({});
  });

  it('is not written unless somebody asked for it', async () => {
    const { stage } = await realWorld();
    const guided = simulatedWorld(stage.simulation, ACCOUNT, {
      kubernetes: clusterObjectsOf({ now: () => new Date(), kubeconfig }),
    });
    const change: Change = {
      kind: 'service-account-annotation',
      target: {
        ...inCluster,
        namespace: 'default',
        serviceAccount: 'default',
        annotation: 'eks.amazonaws.com/x',
      },
      before: null,
      after: 'y',
    };
    await expect(guided.write(change)).rejects.toThrow('only on request');
    expect(await guided.read(change)).toBeNull();
  });
});
