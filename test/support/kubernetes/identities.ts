import { randomBytes } from 'node:crypto';
import type { KubernetesOnLoopback } from './cluster.ts';
import { must, send } from './http.ts';
import type { StsIdentity } from './sts-impostor.ts';

/** What an AwsCredentialIdentity is, with the ARN that it signs in as. */
export interface TestCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Credentials that the cluster's STS knows from now on as this caller. `arn` is as GetCallerIdentity says it, of a session
 * (`arn:aws:sts::111122223333:assumed-role/deployer/alice`) or a user (`arn:aws:iam::111122223333:user/ops/bob`).
 */
export async function credentialsOf(kubernetes: KubernetesOnLoopback, arn: string): Promise<TestCredentials> {
  const unique = randomBytes(8).toString('hex').toUpperCase();
  const session = /:assumed-role\/.*\/([^/]+)$/.exec(arn)?.[1];
  const credentials: TestCredentials = {
    accessKeyId: `${session === undefined ? 'AKIA' : 'ASIA'}${unique}`,
    secretAccessKey: randomBytes(20).toString('hex'),
    ...(session === undefined ? {} : { sessionToken: randomBytes(60).toString('base64') }),
  };
  const identity: StsIdentity = {
    ...credentials,
    arn,
    userId: session === undefined ? `AIDA${unique}` : `AROA${unique}:${session}`,
  };
  const response = await fetch(kubernetes.sts, { method: 'PUT', body: JSON.stringify(identity) });
  if (!response.ok) throw new Error(`the STS impostor answered ${response.status}`);
  return credentials;
}

/** The three sections of aws-auth, YAML as people write it. */
export interface AwsAuthData {
  readonly mapRoles?: string;
  readonly mapUsers?: string;
  readonly mapAccounts?: string;
}

const AWS_AUTH = '/api/v1/namespaces/kube-system/configmaps/aws-auth';

/** Writes kube-system/aws-auth anew. The authenticator sees it at once or within five seconds: poll (`vi.waitFor`). */
export async function writeAwsAuth(kubernetes: KubernetesOnLoopback, data: AwsAuthData): Promise<void> {
  await removeAwsAuth(kubernetes);
  await must(kubernetes, 'POST', '/api/v1/namespaces/kube-system/configmaps', {
    metadata: { name: 'aws-auth' },
    data,
  });
}

/** Removes kube-system/aws-auth; nobody is mapped then. */
export async function removeAwsAuth(kubernetes: KubernetesOnLoopback): Promise<void> {
  const answer = await send(kubernetes, 'DELETE', AWS_AUTH);
  if (answer.status !== 200 && answer.status !== 404) throw new Error(`DELETE ${AWS_AUTH}: ${answer.status}`);
}
