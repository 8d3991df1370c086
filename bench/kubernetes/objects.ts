/** Objects as an API server answers them, with all that it adds: status, conditions and managed fields weigh more than the rest. */
interface Place {
  readonly namespaces: number;
  readonly serviceAccounts: number;
  readonly nodes: number;
}

const CREATED = '2026-11-01T08:00:00Z';

/** What each field manager owns: a third of a pod's size. */
export function managedFields(manager: string): object[] {
  const owned = (names: readonly string[]) => Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
  const container = owned(['image', 'imagePullPolicy', 'name', 'resources', 'terminationMessagePath', 'env']);
  return [
    {
      manager,
      operation: 'Update',
      apiVersion: 'v1',
      time: CREATED,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:annotations': { '.': {} }, 'f:labels': owned(['app', 'pod-template-hash']) },
        'f:spec': {
          'f:containers': { 'k:{"name":"app"}': container },
          ...owned(['dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'securityContext']),
        },
      },
    },
    {
      manager: 'kubelet',
      operation: 'Update',
      apiVersion: 'v1',
      subresource: 'status',
      time: CREATED,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:status': {
          ...owned(['containerStatuses', 'hostIP', 'phase', 'podIP', 'podIPs', 'startTime']),
          'f:conditions': {
            'k:{"type":"Ready"}': owned(['lastProbeTime', 'lastTransitionTime', 'status', 'type']),
            'k:{"type":"Initialized"}': owned(['lastProbeTime', 'lastTransitionTime', 'status', 'type']),
          },
        },
      },
    },
  ];
}

const roleOf = (serviceAccount: number): string =>
  `arn:aws:iam::111122223333:role/app-${serviceAccount % 500}`;
const uidOf = (index: number): string => `8f6b1c1e-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;

/** Every second one names a role. */
export function serviceAccountOf(index: number, { namespaces }: Place): object {
  return {
    metadata: {
      name: `app-${index}`,
      namespace: `team-${index % namespaces}`,
      uid: uidOf(index),
      resourceVersion: `${index}`,
      creationTimestamp: CREATED,
      annotations: index % 2 === 0 ? { 'eks.amazonaws.com/role-arn': roleOf(index) } : {},
      managedFields: managedFields('helm'),
    },
  };
}

export function nodeOf(index: number): object {
  return {
    metadata: {
      name: `ip-10-0-${index >> 8}-${index & 255}.ec2.internal`,
      creationTimestamp: CREATED,
      labels: { 'eks.amazonaws.com/nodegroup': `group-${index % 5}`, 'kubernetes.io/os': 'linux' },
      managedFields: managedFields('kubelet'),
    },
    spec: { providerID: `aws:///eu-west-1a/i-${index.toString(16).padStart(17, '0')}` },
    status: {
      images: Array.from({ length: 50 }, (_, at) => ({ names: [`registry.example/${at}`], sizeBytes: at })),
    },
  };
}

/** A pod of a Deployment, as the webhook leaves it where its ServiceAccount names a role. */
export function podOf(index: number, { namespaces, serviceAccounts, nodes }: Place): object {
  const account = index % serviceAccounts;
  const hash = `${(account * 7919).toString(36)}9f`;
  const bound = account % 2 === 0;
  const node = index % nodes;
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: CREATED,
  }));
  return {
    metadata: {
      name: `app-${account}-${hash}-${index.toString(36)}`,
      generateName: `app-${account}-${hash}-`,
      namespace: `team-${account % namespaces}`,
      uid: uidOf(index),
      resourceVersion: `${index}`,
      creationTimestamp: CREATED,
      labels: { app: `app-${account}`, 'pod-template-hash': hash },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `app-${account}-${hash}`,
          uid: uidOf(account),
          controller: true,
        },
      ],
      managedFields: managedFields('kube-controller-manager'),
    },
    spec: {
      serviceAccountName: `app-${account}`,
      nodeName: `ip-10-0-${node >> 8}-${node & 255}.ec2.internal`,
      containers: [
        {
          name: 'app',
          image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/app-${account}:1`,
          env: [
            ...Array.from({ length: 15 }, (_, at) => ({
              name: `SETTING_${at}`,
              value: `value ${at} of ${account}`,
            })),
            ...(bound
              ? [
                  { name: 'AWS_ROLE_ARN', value: roleOf(account) },
                  {
                    name: 'AWS_WEB_IDENTITY_TOKEN_FILE',
                    value: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
                  },
                ]
              : []),
          ],
          resources: { limits: { memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
          volumeMounts: bound
            ? [
                {
                  name: 'aws-iam-token',
                  readOnly: true,
                  mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
                },
              ]
            : [],
        },
      ],
      tolerations: [
        {
          key: 'node.kubernetes.io/not-ready',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
      ],
      volumes: bound
        ? [
            {
              name: 'aws-iam-token',
              projected: {
                sources: [
                  {
                    serviceAccountToken: {
                      audience: 'sts.amazonaws.com',
                      expirationSeconds: 86_400,
                      path: 'token',
                    },
                  },
                ],
              },
            },
          ]
        : [],
    },
    status: {
      phase: 'Running',
      conditions,
      hostIP: '10.0.0.1',
      podIP: '10.1.0.1',
      startTime: CREATED,
      containerStatuses: [
        {
          name: 'app',
          ready: true,
          restartCount: 0,
          image: 'app',
          imageID: 'app@sha256:0',
          state: { running: { startedAt: CREATED } },
        },
      ],
    },
  };
}
