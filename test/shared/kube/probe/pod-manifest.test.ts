import { expect, it } from 'vitest';
import { podManifest } from '../../../../shared/kube/probe/pod-manifest.ts';

const pod = podManifest('podtrust-probe-1', {
  namespace: 'shop',
  serviceAccount: 'checkout',
  image: 'public.ecr.aws/aws-cli/aws-cli:2.31.0',
  region: 'cn-north-1',
  seconds: 90,
});

it('may do nothing and cannot stay', () => {
  expect(pod.spec).toMatchObject({
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    activeDeadlineSeconds: 90,
    securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(pod.spec?.containers).toHaveLength(1);
  expect(pod.spec?.containers[0]).toMatchObject({
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    resources: { limits: { cpu: expect.any(String), memory: expect.any(String) } },
  });
});

it('mounts memory alone: no token of the API server, no host path, no Secret', () => {
  expect(pod.spec?.volumes).toEqual([{ name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '32Mi' } }]);
  expect(pod.spec).not.toHaveProperty('hostNetwork');
});

it('names region and ServiceAccount, and no variable that decides whose credentials are found', () => {
  expect(pod.spec?.serviceAccountName).toBe('checkout');
  const names = pod.spec?.containers[0]?.env?.map(({ name }) => name);
  expect(names).toEqual(['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PAGER', 'HOME']);
});
