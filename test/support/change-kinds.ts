import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreatePodIdentityAssociationCommand,
  DeleteAccessEntryCommand,
  DeleteAddonCommand,
  DeleteClusterCommand,
  DeletePodIdentityAssociationCommand,
  DescribeClusterCommand,
  type EKSClient,
  ListPodIdentityAssociationsCommand,
  UpdateAccessEntryCommand,
  UpdateAddonCommand,
  UpdatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  type IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Change, ChangeKind } from '../../shared/changes/change.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { kubernetesOf, type SimulatedKubernetes } from '../../simulator/kubernetes.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const CLUSTER = 'shop';
const PATH = '/team/web/';
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role${PATH}${name}`;
export const inCluster = { account: ACCOUNT, region: REGION, cluster: CLUSTER };

const POD_TRUST = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid":"Pods", "Effect": "Allow", "Principal": {"Service": ["pods.eks.amazonaws.com"]},
     "Action": ["sts:TagSession", "sts:AssumeRole"]},
    {"Sid":"Foreign!", "Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"Bool":{"aws:SecureTransport":false}}}
  ]
}`;
const NARROWED = POD_TRUST.replace(
  '["sts:TagSession", "sts:AssumeRole"]}',
  `["sts:TagSession", "sts:AssumeRole"], "Condition": {"StringEquals": {"aws:SourceAccount": "${ACCOUNT}"}}}`,
);
const BROKEN = POD_TRUST.replace('"sts:TagSession", ', '');

export const PRINCIPAL = roleArn('person');
const VIEW = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';

/** An organization in which every kind of change has a target. */
export interface Stage {
  readonly simulation: Simulation;
  readonly kubernetes: SimulatedKubernetes;
  readonly eks: EKSClient;
  readonly iam: IAMClient;
  readonly issuer: string;
}

/** Somebody else, at work meanwhile. */
type Act = (stage: Stage) => Promise<unknown>;

/** One change, what has to be there before it, and what others may do in between. */
export interface KindCase {
  readonly name: string;
  readonly kind: ChangeKind;
  readonly change: (stage: Stage) => Change;
  readonly prepare?: Act;
  /** Makes the target something that no plan says. */
  readonly interfere: Act;
  /** Takes away what the change hangs on. Absent: nothing that could go. */
  readonly vanish?: Act;
  /** The action that writes, for faults; Kubernetes has none. */
  readonly writes: string | null;
  readonly irreversible?: true;
}

export async function createStage(delaySeconds = 0): Promise<Stage> {
  const simulation = createSimulation({
    now: '2026-11-20T09:00:00Z',
    accounts: [{ id: ACCOUNT, name: 'shop', regions: [REGION] }],
    delaySeconds,
  });
  const clients = simulation.as(ACCOUNT, `arn:aws:iam::${ACCOUNT}:role/others`);
  const eks = clients('eks', null, REGION);
  const iam = clients('iam', null, null);
  await eks.send(
    new CreateClusterCommand({
      name: CLUSTER,
      roleArn: roleArn('cluster'),
      resourcesVpcConfig: { subnetIds: ['subnet-1', 'subnet-2'] },
      accessConfig: {
        authenticationMode: 'API_AND_CONFIG_MAP',
        bootstrapClusterCreatorAdminPermissions: false,
      },
    }),
  );
  for (const RoleName of ['pod', 'pod2', 'person']) {
    await iam.send(new CreateRoleCommand({ RoleName, Path: PATH, AssumeRolePolicyDocument: POD_TRUST }));
  }
  simulation.clock.advance(1200 + delaySeconds);
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: CLUSTER }));
  return {
    simulation,
    kubernetes: kubernetesOf(kubernetesSnapshot()),
    eks,
    iam,
    issuer: cluster?.identity?.oidc?.issuer ?? '',
  };
}

function kubernetesSnapshot(): Snapshot {
  const kubernetes = {
    awsAuth: { data: { mapRoles: '- rolearn: a\n', other: 'kept\n' }, resourceVersion: '41' },
    serviceAccounts: [
      {
        namespace: 'shop',
        name: 'cart',
        annotations: { 'eks.amazonaws.com/role-arn': roleArn('pod'), else: 'kept' },
      },
    ],
  };
  const cluster = { name: CLUSTER, arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${CLUSTER}`, kubernetes };
  return {
    schemaVersion: 1,
    takenAt: '2026-11-20T09:00:00Z',
    accounts: [{ id: ACCOUNT, partition: 'aws', regions: [{ name: REGION, clusters: [cluster] }] }],
    coverage: [],
  };
}

const providerArn = ({ issuer }: Stage): string =>
  `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer.replace('https://', '')}`;
const provider = (
  stage: Stage,
  before: readonly string[] | null,
  after: readonly string[] | null,
): Change => {
  const state = (clientIds: readonly string[]) => ({ url: stage.issuer, clientIds: [...clientIds] });
  return {
    kind: 'oidc-provider',
    target: { account: ACCOUNT, arn: providerArn(stage) },
    before: before && state(before),
    after: after && state(after),
  };
};
const createProvider: Act = ({ iam, issuer }) =>
  iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: issuer,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
    }),
  );
const deleteProvider: Act = (stage) =>
  stage.iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn(stage) }));
const addAudience: Act = (stage) =>
  stage.iam.send(
    new AddClientIDToOpenIDConnectProviderCommand({
      OpenIDConnectProviderArn: providerArn(stage),
      ClientID: 'foreign',
    }),
  );

const setTrust =
  (PolicyDocument: string, RoleName = 'pod'): Act =>
  ({ iam }) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
const deleteRole =
  (RoleName: string): Act =>
  ({ iam }) =>
    iam.send(new DeleteRoleCommand({ RoleName }));

const cart = { namespace: 'shop', serviceAccount: 'cart' };
type AssociationState = Extract<Change, { kind: 'pod-identity-association' }>['before'];
const association = (before: AssociationState, after: AssociationState): Change => ({
  kind: 'pod-identity-association',
  target: { ...inCluster, ...cart },
  before,
  after,
});
const associate =
  (
    more: { roleArn?: string; policy?: string; disableSessionTags?: boolean; targetRoleArn?: string } = {},
  ): Act =>
  ({ eks }) =>
    eks.send(
      new CreatePodIdentityAssociationCommand({
        clusterName: CLUSTER,
        ...cart,
        roleArn: roleArn('pod'),
        ...more,
      }),
    );
const idOf = async ({ eks }: Stage): Promise<string> => {
  const { associations } = await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: CLUSTER }));
  const found = associations?.find(({ serviceAccount }) => serviceAccount === 'cart') ?? associations?.[0];
  return found?.associationId ?? '';
};
const updateAssociation =
  (role: string): Act =>
  async (stage) =>
    stage.eks.send(
      new UpdatePodIdentityAssociationCommand({
        clusterName: CLUSTER,
        associationId: await idOf(stage),
        roleArn: roleArn(role),
      }),
    );
const dissociate: Act = async (stage) =>
  stage.eks.send(
    new DeletePodIdentityAssociationCommand({ clusterName: CLUSTER, associationId: await idOf(stage) }),
  );

/** An add-on that owns two associations, has a version and a configuration. */
const ownedAddon: Act = async ({ eks, simulation }) => {
  await eks.send(
    new CreateAddonCommand({
      clusterName: CLUSTER,
      addonName: 'aws-ebs-csi-driver',
      addonVersion: 'v1.40.0-eksbuild.1',
      configurationValues: '{"a":1}',
      podIdentityAssociations: [
        { serviceAccount: 'ebs-csi-controller-sa', roleArn: roleArn('pod') },
        { serviceAccount: 'ebs-csi-node-sa', roleArn: roleArn('pod') },
      ],
    }),
  );
  simulation.clock.advance(60);
};
const ownerArn = ({ simulation }: Stage): string =>
  simulation.world.accounts
    .get(ACCOUNT)
    ?.regions.get(REGION)
    ?.clusters.get(CLUSTER)
    ?.addons.get('aws-ebs-csi-driver')?.addonArn ?? '';
const ownedAssociation = (stage: Stage, before: string | null, after: string | null): Change => ({
  kind: 'pod-identity-association',
  target: { ...inCluster, namespace: 'kube-system', serviceAccount: 'ebs-csi-controller-sa' },
  before: before === null ? null : { roleArn: roleArn(before), ownerArn: ownerArn(stage) },
  after: after === null ? null : { roleArn: roleArn(after), ownerArn: ownerArn(stage) },
});
const ownerActs =
  (role: string): Act =>
  async ({ eks, simulation }) => {
    await eks.send(
      new UpdateAddonCommand({
        clusterName: CLUSTER,
        addonName: 'aws-ebs-csi-driver',
        podIdentityAssociations: [{ serviceAccount: 'ebs-csi-controller-sa', roleArn: roleArn(role) }],
      }),
    );
    simulation.clock.advance(60);
  };

const AGENT = 'eks-pod-identity-agent';
const agent = (before: object | null, after: object | null): Change => ({
  kind: 'addon',
  target: { ...inCluster, addon: AGENT },
  before,
  after,
});
const install =
  (more: { addonVersion?: string; serviceAccountRoleArn?: string } = {}): Act =>
  async ({ eks, simulation }) => {
    await eks.send(new CreateAddonCommand({ clusterName: CLUSTER, addonName: AGENT, ...more }));
    simulation.clock.advance(60);
  };
const uninstall: Act = async ({ eks, simulation }) => {
  await eks.send(new DeleteAddonCommand({ clusterName: CLUSTER, addonName: AGENT }));
  simulation.clock.advance(60);
};

type EntryState = Extract<Change, { kind: 'access-entry' }>['before'];
const entry = (before: EntryState, after: EntryState): Change => ({
  kind: 'access-entry',
  target: { ...inCluster, principal: PRINCIPAL },
  before,
  after,
});
const USERNAME = `arn:aws:sts::${ACCOUNT}:assumed-role/person/{{SessionName}}`;
const createEntry: Act = ({ eks }) =>
  eks.send(
    new CreateAccessEntryCommand({
      clusterName: CLUSTER,
      principalArn: PRINCIPAL,
      kubernetesGroups: ['viewers', 'auditors'],
      tags: { team: 'web' },
    }),
  );
const updateEntry: Act = ({ eks }) =>
  eks.send(
    new UpdateAccessEntryCommand({
      clusterName: CLUSTER,
      principalArn: PRINCIPAL,
      kubernetesGroups: ['else'],
    }),
  );
const deleteEntry: Act = ({ eks }) =>
  eks.send(new DeleteAccessEntryCommand({ clusterName: CLUSTER, principalArn: PRINCIPAL }));

type Scope = Extract<Change, { kind: 'access-policy' }>['before'];
const policy = (before: Scope, after: Scope): Change => ({
  kind: 'access-policy',
  target: { ...inCluster, principal: PRINCIPAL, policy: VIEW },
  before,
  after,
});
const grant =
  (namespaces: readonly string[]): Act =>
  ({ eks }) =>
    eks.send(
      new AssociateAccessPolicyCommand({
        clusterName: CLUSTER,
        principalArn: PRINCIPAL,
        policyArn: VIEW,
        accessScope:
          namespaces.length === 0 ? { type: 'cluster' } : { type: 'namespace', namespaces: [...namespaces] },
      }),
    );
const scope = (...namespaces: string[]): Scope => ({ type: 'namespace', namespaces });

const objects = ({ kubernetes }: Stage) =>
  kubernetes.objects({ account: ACCOUNT, region: REGION, name: CLUSTER });
const editAwsAuth: Act = async (stage) => {
  const map = await objects(stage).configMap('kube-system', 'aws-auth');
  if (map === null) return objects(stage).createConfigMap('kube-system', 'aws-auth', { mapUsers: 'else' });
  return objects(stage).patchConfigMap('kube-system', 'aws-auth', map.resourceVersion, { mapUsers: 'else' });
};
const deleteAwsAuth: Act = async (stage) => {
  const map = await objects(stage).configMap('kube-system', 'aws-auth');
  if (map !== null) await objects(stage).deleteConfigMap('kube-system', 'aws-auth', map.resourceVersion);
};
const AWS_AUTH = { mapRoles: '- rolearn: a\n', other: 'kept\n' };
const awsAuth = (before: Record<string, string> | null, after: Record<string, string> | null): Change => ({
  kind: 'aws-auth',
  target: inCluster,
  before: before && { data: before },
  after: after && { data: after },
});

const annotation = (before: string | null, after: string | null): Change => ({
  kind: 'service-account-annotation',
  target: { ...inCluster, ...cart, annotation: 'eks.amazonaws.com/role-arn' },
  before,
  after,
});
const annotate =
  (value: string | null): Act =>
  async (stage) => {
    const account = await objects(stage).serviceAccount('shop', 'cart');
    const version = account?.resourceVersion ?? '';
    await objects(stage).annotateServiceAccount('shop', 'cart', version, 'eks.amazonaws.com/role-arn', value);
  };

const all =
  (...acts: Act[]): Act =>
  async (stage) => {
    for (const act of acts) await act(stage);
  };

const SESSION_POLICY = '{"Version":"2012-10-17","Statement":[]}';

export const KINDS: readonly KindCase[] = [
  {
    name: 'an OIDC provider that is missing',
    kind: 'oidc-provider',
    change: (stage) => provider(stage, null, ['sts.amazonaws.com']),
    interfere: all(createProvider, addAudience),
    writes: 'iam:CreateOpenIDConnectProvider',
  },
  {
    name: 'an OIDC provider that lacks an audience',
    kind: 'oidc-provider',
    prepare: createProvider,
    change: (stage) => provider(stage, ['sts.amazonaws.com'], ['other', 'sts.amazonaws.com']),
    interfere: addAudience,
    vanish: deleteProvider,
    writes: 'iam:AddClientIDToOpenIDConnectProvider',
  },
  {
    name: 'an OIDC provider of a cluster that is gone',
    kind: 'oidc-provider',
    prepare: createProvider,
    change: (stage) => {
      const thumbprints = ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'];
      const before = { url: stage.issuer, clientIds: ['sts.amazonaws.com'], thumbprints };
      return { ...provider(stage, null, null), before } as Change;
    },
    interfere: addAudience,
    writes: 'iam:DeleteOpenIDConnectProvider',
  },
  {
    name: 'a trust policy',
    kind: 'trust-policy',
    change: () => ({
      kind: 'trust-policy',
      target: { account: ACCOUNT, arn: roleArn('pod') },
      before: POD_TRUST,
      after: NARROWED,
    }),
    interfere: setTrust(BROKEN),
    vanish: deleteRole('pod'),
    writes: 'iam:UpdateAssumeRolePolicy',
  },
  {
    name: 'an association that is missing',
    kind: 'pod-identity-association',
    change: () => association(null, { roleArn: roleArn('pod') }),
    interfere: associate({ roleArn: roleArn('pod2') }),
    vanish: deleteRole('pod'),
    writes: 'eks:CreatePodIdentityAssociation',
  },
  {
    name: 'an association with a policy of its own that is not wanted',
    kind: 'pod-identity-association',
    prepare: associate({
      policy: SESSION_POLICY,
      disableSessionTags: true,
      targetRoleArn: 'arn:aws:iam::444455556666:role/far',
    }),
    change: () =>
      association(
        {
          roleArn: roleArn('pod'),
          policy: SESSION_POLICY,
          disableSessionTags: true,
          targetRoleArn: 'arn:aws:iam::444455556666:role/far',
          externalId: 'whatever EKS made of it',
        },
        null,
      ),
    interfere: updateAssociation('pod2'),
    writes: 'eks:DeletePodIdentityAssociation',
  },
  {
    name: 'an association with the wrong role, session tags and target',
    kind: 'pod-identity-association',
    prepare: associate(),
    change: () =>
      association(
        { roleArn: roleArn('pod'), disableSessionTags: false },
        {
          roleArn: roleArn('pod2'),
          disableSessionTags: true,
          policy: SESSION_POLICY,
          targetRoleArn: 'arn:aws:iam::444455556666:role/far',
        },
      ),
    interfere: async (stage) => {
      const associationId = await idOf(stage);
      await stage.eks.send(
        new UpdatePodIdentityAssociationCommand({
          clusterName: CLUSTER,
          associationId,
          disableSessionTags: true,
        }),
      );
    },
    vanish: dissociate,
    writes: 'eks:UpdatePodIdentityAssociation',
  },
  {
    name: 'an association of an add-on with the wrong role',
    kind: 'pod-identity-association',
    prepare: ownedAddon,
    change: (stage) => ownedAssociation(stage, 'pod', 'pod2'),
    interfere: ownerActs('person'),
    writes: 'eks:UpdateAddon',
  },
  {
    name: 'an association of an add-on that is not wanted',
    kind: 'pod-identity-association',
    prepare: ownedAddon,
    change: (stage) => ownedAssociation(stage, 'pod', null),
    interfere: ownerActs('person'),
    writes: 'eks:UpdateAddon',
  },
  {
    name: 'an add-on that is missing',
    kind: 'addon',
    change: () => agent(null, {}),
    interfere: install({ serviceAccountRoleArn: roleArn('person') }),
    vanish: async ({ eks, simulation }) => {
      await eks.send(new DeleteClusterCommand({ name: CLUSTER }));
      simulation.clock.advance(600);
    },
    writes: 'eks:CreateAddon',
  },
  {
    name: 'an add-on that is not wanted',
    kind: 'addon',
    prepare: install({ addonVersion: 'v1.3.4-eksbuild.1' }),
    change: () => agent({ version: 'v1.3.4-eksbuild.1' }, null),
    interfere: all(uninstall, install({ addonVersion: 'v1.3.5-eksbuild.1' })),
    writes: 'eks:DeleteAddon',
  },
  {
    name: 'an add-on with the wrong role',
    kind: 'addon',
    prepare: install({ serviceAccountRoleArn: roleArn('pod') }),
    change: () =>
      agent({ serviceAccountRoleArn: roleArn('pod') }, { serviceAccountRoleArn: roleArn('pod2') }),
    interfere: all(uninstall, install()),
    vanish: uninstall,
    writes: 'eks:UpdateAddon',
  },
  {
    name: 'an access entry that is missing',
    kind: 'access-entry',
    change: () => entry(null, { type: 'STANDARD', groups: ['viewers'], username: 'web:{{SessionName}}' }),
    interfere: createEntry,
    vanish: deleteRole('person'),
    writes: 'eks:CreateAccessEntry',
  },
  {
    name: 'an access entry that is not wanted',
    kind: 'access-entry',
    prepare: createEntry,
    change: () =>
      entry(
        { type: 'STANDARD', groups: ['auditors', 'viewers'], username: USERNAME, tags: { team: 'web' } },
        null,
      ),
    interfere: updateEntry,
    writes: 'eks:DeleteAccessEntry',
  },
  {
    name: 'an access entry with the wrong groups',
    kind: 'access-entry',
    prepare: createEntry,
    change: () =>
      entry(
        { type: 'STANDARD', groups: ['auditors', 'viewers'], username: USERNAME },
        { type: 'STANDARD', groups: ['viewers'], username: 'web:{{SessionName}}' },
      ),
    interfere: updateEntry,
    vanish: deleteEntry,
    writes: 'eks:UpdateAccessEntry',
  },
  {
    name: 'an access policy that is missing',
    kind: 'access-policy',
    prepare: createEntry,
    change: () => policy(null, { type: 'cluster' }),
    interfere: grant(['else']),
    vanish: deleteEntry,
    writes: 'eks:AssociateAccessPolicy',
  },
  {
    name: 'an access policy with the wrong scope',
    kind: 'access-policy',
    prepare: all(createEntry, grant(['b', 'a'])),
    change: () => policy(scope('a', 'b'), scope('a')),
    interfere: grant([]),
    vanish: deleteEntry,
    writes: 'eks:AssociateAccessPolicy',
  },
  {
    name: 'an access policy that is not wanted',
    kind: 'access-policy',
    prepare: all(createEntry, grant([])),
    change: () => policy({ type: 'cluster' }, null),
    interfere: grant(['else']),
    writes: 'eks:DisassociateAccessPolicy',
  },
  {
    name: 'an authentication mode',
    kind: 'authentication-mode',
    change: () => ({
      kind: 'authentication-mode',
      target: inCluster,
      before: 'API_AND_CONFIG_MAP',
      after: 'API',
    }),
    interfere: async ({ eks, simulation }) => {
      await eks.send(new DeleteClusterCommand({ name: CLUSTER }));
      simulation.clock.advance(600);
      await eks.send(
        new CreateClusterCommand({ name: CLUSTER, roleArn: roleArn('cluster'), resourcesVpcConfig: {} }),
      );
      simulation.clock.advance(1200);
    },
    vanish: async ({ eks, simulation }) => {
      await eks.send(new DeleteClusterCommand({ name: CLUSTER }));
      simulation.clock.advance(600);
    },
    writes: 'eks:UpdateClusterConfig',
    irreversible: true,
  },
  {
    name: 'aws-auth with a mapping too few',
    kind: 'aws-auth',
    change: () => awsAuth(AWS_AUTH, { ...AWS_AUTH, mapRoles: '- rolearn: b\n', mapAccounts: '[]' }),
    interfere: editAwsAuth,
    vanish: deleteAwsAuth,
    writes: null,
  },
  {
    name: 'aws-auth that is missing',
    kind: 'aws-auth',
    prepare: deleteAwsAuth,
    change: () => awsAuth(null, { mapRoles: '[]' }),
    interfere: editAwsAuth,
    writes: null,
  },
  {
    name: 'aws-auth that nobody needs any more',
    kind: 'aws-auth',
    change: () => awsAuth(AWS_AUTH, null),
    interfere: editAwsAuth,
    writes: null,
  },
  {
    name: 'an annotation that is missing',
    kind: 'service-account-annotation',
    prepare: annotate(null),
    change: () => annotation(null, roleArn('pod')),
    interfere: annotate(roleArn('person')),
    writes: null,
  },
  {
    name: 'an annotation with the wrong role',
    kind: 'service-account-annotation',
    change: () => annotation(roleArn('pod'), roleArn('pod2')),
    interfere: annotate(roleArn('person')),
    vanish: annotate(null),
    writes: null,
  },
  {
    name: 'an annotation that is not wanted',
    kind: 'service-account-annotation',
    change: () => annotation(roleArn('pod'), null),
    interfere: annotate(roleArn('person')),
    writes: null,
  },
];
