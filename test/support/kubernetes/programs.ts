import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { goBinary } from './go-binary.ts';

const server = fileURLToPath(new URL('../../kubernetes/server', import.meta.url));
const judge = fileURLToPath(new URL('../../kubernetes/aws-auth-judge', import.meta.url));

const AUTHENTICATOR = 'sigs.k8s.io/aws-iam-authenticator';

/** etcd, API server and controller manager in one program; the first build takes 8 to 9 minutes on two cores. */
export async function kubeapi(): Promise<string> {
  const version = pinned(server, 'k8s.io/kubernetes');
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const stamp = 'k8s.io/component-base/version';
  return goBinary({
    name: `kubeapi-${version}`,
    module: server,
    package: '.',
    // As a release is stamped; of the clock nothing, so that two builds are equal.
    variables: {
      [`${stamp}.gitVersion`]: version,
      [`${stamp}.gitMajor`]: major,
      [`${stamp}.gitMinor`]: minor,
      [`${stamp}.gitTreeState`]: 'clean',
      [`${stamp}.gitCommit`]: '0'.repeat(40),
      [`${stamp}.buildDate`]: '2026-01-01T00:00:00Z',
      'k8s.io/client-go/pkg/version.gitVersion': version,
    },
  });
}

/** AWS's own authenticator, the program that EKS runs; the first build takes about 3 minutes. */
export async function authenticator(): Promise<string> {
  const version = pinned(judge, AUTHENTICATOR);
  return goBinary({
    name: `aws-iam-authenticator-${version}`,
    module: judge,
    package: `${AUTHENTICATOR}/cmd/aws-iam-authenticator`,
    variables: { [`${AUTHENTICATOR}/pkg.Version`]: version },
  });
}

/** Answers for aws-auth documents with the authenticator's code: see test/kubernetes/aws-auth-judge/README.md. */
export async function awsAuthJudge(): Promise<string> {
  return goBinary({ name: `aws-auth-judge-${pinned(judge, AUTHENTICATOR)}`, module: judge, package: '.' });
}

/** The version of a module that a folder's go.mod requires. */
function pinned(folder: string, path: string): string {
  const words = readFileSync(`${folder}/go.mod`, 'utf8').split(/\s+/);
  const version = words[words.indexOf(path) + 1];
  if (version === undefined || !version.startsWith('v'))
    throw new Error(`${folder}/go.mod does not require ${path}`);
  return version;
}
