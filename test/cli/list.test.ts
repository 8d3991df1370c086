import { describe, expect, it } from 'vitest';
import { listSchema } from '../../shared/audit/list/report.ts';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import {
  association,
  CLUSTER_ARN,
  cluster,
  estateOf,
  ISSUER,
  irsaStatement,
  PROVIDER,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  POD_IDENTITY_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../shared/rules/examples/kubernetes.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { inline } from '../support/rule-estates.ts';
import { runCli } from '../support/run-cli.ts';

const CART = 'arn:aws:iam::111122223333:role/cart';
const NODE = 'arn:aws:iam::111122223333:role/node';
const shop = clusterWith(
  {
    serviceAccounts: [
      serviceAccount(),
      serviceAccount({ name: 'cart', annotations: {} }),
      serviceAccount({ namespace: 'default', name: 'default', annotations: {} }),
    ],
    pods: [
      podGroup({ containers: [container({})] }),
      podGroup({
        serviceAccount: 'cart',
        workload: { kind: 'StatefulSet', name: 'cart', apiVersion: 'apps/v1' },
        count: 3,
        containers: [container(POD_IDENTITY_VARIABLES)],
      }),
    ],
  },
  {
    podIdentityAssociations: [association({ id: 'a-cart', serviceAccount: 'cart', roleArn: CART })],
    accessEntries: [
      {
        principalArn: NODE,
        type: 'EC2_LINUX',
        groups: ['system:nodes'],
        username: 'system:node:{{EC2PrivateDNSName}}',
        policies: [],
      },
    ],
  },
);
const forCart = podIdentityStatement({
  Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
});
const snapshot = estateOf({
  clusters: [
    shop,
    cluster({ name: 'lab', arn: CLUSTER_ARN.replace('shop', 'lab'), issuer: `https://${ISSUER}LAB` }),
  ],
  roles: [
    role({ trustPolicy: trustPolicy(irsaStatement()) }),
    role({ arn: CART, trustPolicy: trustPolicy(forCart) }),
    role({
      arn: NODE,
      inlinePolicies: [inline('eks-auth:AssumeRoleForPodIdentity', '*')],
      trustPolicy: trustPolicy(),
    }),
  ],
});
const input = writeSnapshot(snapshot);
const demo = { input: writeSnapshot(demoSnapshot()) };
const run = (...argv: string[]) => runCli(['list', ...argv, '--snapshot', '-'], { input });

/** The rows of a kind, checked against the published schema. */
async function rows(kind: string, ...argv: string[]) {
  const { code, out, err } = await run(kind, ...argv, '--output', 'json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const list = listSchema.parse(JSON.parse(out));
  expect(list.kind).toBe(kind);
  return list.rows;
}

describe('podtrust list', () => {
  it('lists associations and whether they work', async () => {
    expect(await rows('associations')).toEqual([
      {
        cluster: CLUSTER_ARN,
        namespace: 'shop',
        serviceAccount: 'cart',
        id: 'a-cart',
        role: CART,
        target: null,
        sessionTags: true,
        addon: null,
        state: 'works',
        reason: null,
      },
    ]);
  });

  it('lists ServiceAccounts that should have an identity, with pods and state', async () => {
    const found = await rows('service-accounts', '--cluster', 'shop');
    expect(found).toMatchObject([
      {
        serviceAccount: 'cart',
        mechanism: 'pod-identity',
        role: CART,
        pods: 3,
        exists: true,
        state: 'works',
      },
      {
        serviceAccount: 'checkout',
        mechanism: 'irsa',
        role: ROLE_ARN,
        pods: 2,
        exists: true,
        state: 'broken',
      },
    ]);
    expect(found[1]).toHaveProperty('reason', expect.stringContaining('did not see them'));
  });

  it('lists roles that pods can assume, and no others', async () => {
    expect(await rows('roles')).toMatchObject([
      { role: CART, podIdentity: true, webIdentity: [], associations: [{ id: 'a-cart', as: 'role' }] },
      {
        role: ROLE_ARN,
        podIdentity: false,
        webIdentity: [{ cluster: CLUSTER_ARN, subjects: ['system:serviceaccount:shop:checkout'] }],
        privileges: 'none',
      },
    ]);
  });

  it('lists providers with their cluster and the roles that name them', async () => {
    expect(await rows('providers')).toEqual([
      {
        account: '111122223333',
        provider: PROVIDER,
        issuer: ISSUER,
        audiences: ['sts.amazonaws.com'],
        cluster: CLUSTER_ARN,
        roles: 1,
      },
    ]);
  });

  it('lists access entries as they are written', async () => {
    expect(await rows('entries')).toMatchObject([
      { principal: NODE, type: 'EC2_LINUX', groups: ['system:nodes'] },
    ]);
  });

  it('lists workloads to restart, with the command', async () => {
    expect(await rows('restarts')).toMatchObject([
      {
        kind: 'Deployment',
        workload: 'checkout',
        pods: 2,
        of: 2,
        command: 'kubectl -n shop rollout restart deployment/checkout',
      },
    ]);
  });

  it.each([
    ['associations', ['--service-account', 'checkout'], 0],
    ['associations', ['--namespace', 'shop', '--role', 'cart'], 1],
    ['associations', ['--role', 'arn:aws:iam::111122223333:role/gone'], 0],
    ['roles', ['--cluster', 'lab'], 0],
    ['roles', ['--service-account', 'checkout'], 1],
    ['roles', ['--namespace', 'shop'], 2],
    ['roles', ['--namespace', 'shop', '--service-account', 'nobody'], 0],
    ['roles', ['--role', 'checkout'], 1],
    ['service-accounts', ['--role', CART], 1],
    ['service-accounts', ['--cluster', 'lab'], 0],
    ['providers', ['--cluster', 'lab'], 0],
    ['providers', ['--role', ROLE_ARN], 1],
    ['providers', ['--role', CART], 0],
    ['entries', ['--role', NODE], 1],
    ['entries', ['--role', ROLE_ARN], 0],
    ['restarts', ['--service-account', 'cart'], 0],
    ['restarts', ['--role', ROLE_ARN], 1],
  ])('%s %j: %i', async (kind, argv, count) => {
    expect(await rows(kind, ...argv)).toHaveLength(count);
  });

  it.each([
    [
      ['providers', '--namespace', 'shop'],
      /--namespace does not narrow providers: they take --cluster and --role\./,
    ],
    [['entries', '--service-account', 'x'], /--service-account does not narrow entries/],
    [['nodes'], /Allowed choices are associations, roles/],
    [['roles', '--role', 'chekcout'], /nearest is "checkout"/],
    [['roles', '--cluster', 'shpo'], /nearest is "shop"/],
  ])('refuses %j', async (argv, message) => {
    const { code, err, out } = await run(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('says what was not read, and is not silent about it', async () => {
    const { kubernetes: _, podIdentityAssociations: __, ...rest } = shop;
    const blind = writeSnapshot(estateOf({ clusters: [rest], roles: [role()] }));
    const argv = ['list', 'restarts', '--snapshot', '-'];
    const { out, code } = await runCli(argv, { input: blind });
    expect(code).toBe(0);
    expect(out).toContain('No restarts that podtrust can see.');
    expect(out).toContain('? kubernetes:connect: shop: not in the snapshot');
    const document = await runCli([...argv, '--output', 'json'], { input: blind });
    expect(JSON.parse(document.out).unknowns).toHaveLength(3);
  });

  it('knows ServiceAccounts by their trust policies and associations where Kubernetes was not read', async () => {
    const { kubernetes: _, ...rest } = shop;
    const blind = writeSnapshot({ ...estateOf({ clusters: [rest], roles: snapshot.accounts[0]?.roles }) });
    const { out } = await runCli(['list', 'service-accounts', '--snapshot', '-', '-o', 'json'], {
      input: blind,
    });
    expect(JSON.parse(out).rows).toMatchObject([
      { serviceAccount: 'cart', exists: null, pods: null, state: 'unknown' },
      { serviceAccount: 'checkout', exists: null, mechanism: 'irsa', state: 'unknown' },
    ]);
  });

  it.each(['associations', 'roles', 'service-accounts', 'providers', 'entries', 'pods', 'restarts'])(
    'draws %s of the demo organization as a table and gives the same bytes again',
    async (kind) => {
      const first = await runCli(['list', kind, '--snapshot', '-'], demo);
      const second = await runCli(['list', kind, '--snapshot', '-'], demo);
      expect(first.code).toBe(0);
      expect(first.out).toBe(second.out);
      const { out } = await runCli(['list', kind, '--snapshot', '-', '--output', 'json'], demo);
      expect(listSchema.parse(JSON.parse(out)).kind).toBe(kind);
    },
  );

  it('prints names of strangers without their escapes', async () => {
    const odd = clusterWith(
      {},
      { podIdentityAssociations: [association({ namespace: '\u001b[31mred', serviceAccount: 'x\u202ey' })] },
    );
    const { out } = await runCli(['list', 'associations', '--snapshot', '-'], {
      input: writeSnapshot(estateOf({ clusters: [odd] })),
    });
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\u202e');
  });
});
