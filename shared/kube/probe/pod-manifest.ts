import type { V1Pod } from '@kubernetes/client-node';

/** The test pod that a caller asks for. */
export interface PodWish {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** With `sh` and the AWS command line. */
  readonly image: string;
  readonly region: string;
  /** Seconds after which the kubelet ends it, whatever became of podtrust. */
  readonly seconds: number;
}

/** Name of its one container. */
export const CONTAINER = 'probe';
/** Labels by which test pods are found again. */
const LABELS = {
  'app.kubernetes.io/name': 'podtrust-probe',
  'app.kubernetes.io/managed-by': 'podtrust',
} as const;

/** `nobody`, on most images. */
const NOBODY = 65_534;

/** Its answer is its termination message, which the pod's status shows: nobody needs the right to read logs. */
const SAY_WHO = 'aws sts get-caller-identity --query Arn --output text > /dev/termination-log';

/**
 * The manifest: it passes the Pod Security Standard "restricted", has no token of the API server, and writes to memory
 * alone, for the cache of the AWS command line.
 */
export function podManifest(
  name: string,
  { namespace, serviceAccount, image, region, seconds }: PodWish,
): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { ...LABELS } },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      activeDeadlineSeconds: seconds,
      terminationGracePeriodSeconds: 1,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: NOBODY,
        runAsGroup: NOBODY,
        fsGroup: NOBODY,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: CONTAINER,
          image,
          command: ['sh', '-c', SAY_WHO],
          env: environment(region),
          terminationMessagePolicy: 'FallbackToLogsOnError',
          resources: {
            requests: { cpu: '50m', memory: '64Mi' },
            limits: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '64Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            privileged: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [{ name: 'memory', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '32Mi' } }],
    },
  };
}

/** No variable that decides whose credentials are found: those are the webhook's to add, and are what is tried. */
function environment(region: string): { name: string; value: string }[] {
  return Object.entries({ AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_PAGER: '', HOME: '/tmp' }).map(
    ([name, value]) => ({ name, value }),
  );
}
