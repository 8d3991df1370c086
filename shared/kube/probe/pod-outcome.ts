import type { V1Pod } from '@kubernetes/client-node';
import { redact } from '../../estate/redact.ts';
import type { PodAnswer } from '../../probe/ports.ts';
import { CONTAINER } from './pod-manifest.ts';

type Outcome = PodAnswer['outcome'];

/** What a pod's status tells, or null while it may still tell something else. */
export function outcomeOf({ status }: V1Pod): Outcome | null {
  const container = status?.containerStatuses?.find(({ name }) => name === CONTAINER);
  const ended = container?.state?.terminated;
  if (ended !== undefined) return outcomeOfEnd(ended.exitCode, clean(ended.message ?? ''), ended.reason);
  const waiting = container?.state?.waiting;
  if (HOPELESS.has(waiting?.reason ?? ''))
    return undecided(`the pod does not start: ${waiting?.reason} ${clean(waiting?.message ?? '')}`);
  if (status?.phase === 'Failed')
    return undecided(`the pod was ended: ${status.reason ?? 'Failed'} ${clean(status.message ?? '')}`);
  return status?.phase === 'Succeeded' ? undecided('the pod ended without a message') : null;
}

const undecided = (why: string): Outcome => ({ kind: 'undecided', why: why.trim().slice(0, 600) });

/** Reasons for which a container waits in vain (Kubernetes, kubelet: images and kuberuntime). */
const HOPELESS: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ErrImagePull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RunContainerError',
]);

const ARN = /^arn:[a-z0-9-]{1,40}:(?:sts|iam)::\d{12}:[\w+=,.@/-]{1,400}$/;

/** Exit codes of the shell for a program that cannot be run, or is not there (POSIX, 2.8.2). */
const NO_PROGRAM: ReadonlySet<number> = new Set([126, 127]);

function outcomeOfEnd(code: number, message: string, reason: string | undefined): Outcome {
  if (code === 0) {
    return ARN.test(message)
      ? { kind: 'identity', arn: message }
      : undecided(`what the pod said is no ARN: ${message}`);
  }
  if (NO_PROGRAM.has(code)) return undecided(`the image lacks sh or the AWS command line: ${message}`);
  if (REFUSED.some((pattern) => pattern.test(message))) return { kind: 'refused', message };
  return undecided(`the pod ended with ${code} (${reason ?? 'Error'}): ${message}`);
}

/** What the AWS command line says when there are no credentials, or when they were refused to the pod. */
const REFUSED: readonly RegExp[] = [
  /Unable to locate credentials/i,
  /Error when retrieving credentials from container-role/i,
  /\((?:AccessDenied|ExpiredToken|IDPRejectedClaim)\w*\) when calling the AssumeRole/,
  /\(InvalidIdentityToken\w*\) when calling the AssumeRole(?!.*retrieve verification key)/,
];

/** One bounded line without anything secret: an image can say what it likes. */
function clean(message: string): string {
  return redact(message)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, 500);
}

/** What the webhook put into the container, by the variables that it now has. */
export function injectedInto({ spec }: V1Pod): NonNullable<PodAnswer['injected']> {
  const names = new Set(
    spec?.containers.find(({ name }) => name === CONTAINER)?.env?.map(({ name }) => name),
  );
  if (names.has('AWS_CONTAINER_CREDENTIALS_FULL_URI')) return 'pod-identity';
  return names.has('AWS_WEB_IDENTITY_TOKEN_FILE') && names.has('AWS_ROLE_ARN') ? 'irsa' : 'none';
}
