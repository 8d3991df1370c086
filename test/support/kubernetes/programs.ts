import { fileURLToPath } from 'node:url';
import { type GoProgram, goBinary } from './go-binary.ts';

/** The Kubernetes that the suite runs; test/kubernetes/server/go.mod pins the same. */
export const KUBERNETES_VERSION = 'v1.36.3';
/** AWS's authenticator; test/kubernetes/aws-auth-judge/go.mod pins the same. */
const AUTHENTICATOR_VERSION = 'v0.6.13';

const server = fileURLToPath(new URL('../../kubernetes/server', import.meta.url));
const judge = fileURLToPath(new URL('../../kubernetes/aws-auth-judge', import.meta.url));

const version = 'k8s.io/component-base/version';
const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(KUBERNETES_VERSION) ?? [];

const KUBEAPI: GoProgram = {
  name: `kubeapi-${KUBERNETES_VERSION}`,
  module: server,
  package: '.',
  variables: {
    [`${version}.gitVersion`]: KUBERNETES_VERSION,
    [`${version}.gitMajor`]: major,
    [`${version}.gitMinor`]: minor,
    [`${version}.gitTreeState`]: 'clean',
    [`${version}.gitCommit`]: '0'.repeat(40),
    [`${version}.buildDate`]: '2026-01-01T00:00:00Z',
    'k8s.io/client-go/pkg/version.gitVersion': KUBERNETES_VERSION,
  },
};

/** etcd, API server and controller manager in one program; the first build takes 8 to 9 minutes on two cores. */
export async function kubeapi(): Promise<string> {
  return goBinary(KUBEAPI);
}

/** AWS's own authenticator, the program that EKS runs; the first build takes about 3 minutes. */
export async function authenticator(): Promise<string> {
  return goBinary({
    name: `aws-iam-authenticator-${AUTHENTICATOR_VERSION}`,
    module: judge,
    package: 'sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator',
  });
}

/** Answers for aws-auth documents with the authenticator's code: see test/kubernetes/aws-auth-judge/README.md. */
export async function awsAuthJudge(): Promise<string> {
  return goBinary({ name: `aws-auth-judge-${AUTHENTICATOR_VERSION}`, module: judge, package: '.' });
}
