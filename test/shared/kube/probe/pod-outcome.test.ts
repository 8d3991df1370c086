import type { V1ContainerState, V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { injectedInto, outcomeOf } from '../../../../shared/kube/probe/pod-outcome.ts';

const ARN = 'arn:aws:sts::111122223333:assumed-role/checkout/botocore-session-1';
const ended = (exitCode: number, message?: string): V1ContainerState => ({
  terminated: { exitCode, ...(message === undefined ? {} : { message }) },
});
const withState = (state: V1ContainerState, rest: Partial<V1PodStatus> = {}): V1Pod => ({
  status: {
    containerStatuses: [{ name: 'probe', state, image: '', imageID: '', ready: false, restartCount: 0 }],
    ...rest,
  },
});

describe('what the status of a test pod tells', () => {
  it.each<[string, V1Pod, string | null, RegExp]>([
    ['nothing yet', {}, null, /./],
    ['pending', { status: { phase: 'Pending' } }, null, /./],
    ['its image is being pulled', withState({ waiting: { reason: 'ContainerCreating' } }), null, /./],
    ['it runs', withState({ running: {} }), null, /./],
    ['its identity', withState(ended(0, `${ARN}\n`)), 'identity', /assumed-role\/checkout/],
    ['an identity of China', withState(ended(0, ARN.replace('aws:', 'aws-cn:'))), 'identity', /aws-cn/],
    ['no message', withState(ended(0)), 'undecided', /no ARN/],
    ['something else', withState(ended(0, 'hello')), 'undecided', /no ARN: hello/],
    [
      'no credentials',
      withState(
        ended(253, 'Unable to locate credentials. You can configure credentials by running "aws configure".'),
      ),
      'refused',
      /Unable to locate/,
    ],
    [
      'refused by STS',
      withState(
        ended(
          254,
          'An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity',
        ),
      ),
      'refused',
      /AccessDenied/,
    ],
    [
      'a token that STS does not take',
      withState(
        ended(
          254,
          'An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider found',
        ),
      ),
      'refused',
      /InvalidIdentityToken/,
    ],
    [
      'refused by the agent',
      withState(
        ended(
          253,
          'Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 400 from container metadata',
        ),
      ),
      'refused',
      /container-role/,
    ],
    [
      'its question alone is forbidden, which says nothing of its credentials',
      withState(
        ended(
          254,
          'An error occurred (AccessDenied) when calling the GetCallerIdentity operation: explicit deny in a service control policy',
        ),
      ),
      'undecided',
      /GetCallerIdentity/,
    ],
    [
      'STS cannot reach the issuer, for now',
      withState(
        ended(
          254,
          "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Couldn't retrieve verification key from your identity provider",
        ),
      ),
      'undecided',
      /verification key/,
    ],
    [
      'throttled',
      withState(ended(254, 'An error occurred (Throttling) when calling the GetCallerIdentity operation')),
      'undecided',
      /ended with 254/,
    ],
    ['no way to STS', withState(ended(255, 'Could not connect to the endpoint URL')), 'undecided', /connect/],
    ['no AWS command line', withState(ended(127, 'sh: aws: not found')), 'undecided', /image lacks/],
    [
      'killed for its memory',
      withState({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      'undecided',
      /OOMKilled/,
    ],
    [
      'no such image',
      withState({ waiting: { reason: 'ErrImagePull', message: 'not found' } }),
      'undecided',
      /ErrImagePull not found/,
    ],
    [
      'over its time',
      { status: { phase: 'Failed', reason: 'DeadlineExceeded' } },
      'undecided',
      /DeadlineExceeded/,
    ],
    ['ended without a container', { status: { phase: 'Succeeded' } }, 'undecided', /without a message/],
  ])('%s', (_name, pod, kind, words) => {
    const outcome = outcomeOf(pod);
    expect(outcome?.kind ?? null).toBe(kind);
    if (outcome !== null) expect(JSON.stringify(outcome)).toMatch(words);
  });
});

it('repeats nothing secret of what an image says, and no control characters', () => {
  const message = `\u001b[31mtoken eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3gifQ.c2lnbmF0dXJl ASIAEXAMPLEEXAMPLEEX`;
  const outcome = outcomeOf(withState(ended(1, message)));
  expect(JSON.stringify(outcome)).not.toMatch(/eyJ|ASIA|\\u001b/);
});

it.each<[string, readonly string[], string]>([
  ['IRSA', ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'], 'irsa'],
  ['half of IRSA', ['AWS_ROLE_ARN'], 'none'],
  ['Pod Identity', ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], 'pod-identity'],
  ['nothing', ['AWS_REGION'], 'none'],
])('tells what was put into it: %s', (_name, names, injected) => {
  const env = names.map((name) => ({ name, value: 'x' }));
  expect(injectedInto({ spec: { containers: [{ name: 'probe', env }] } })).toBe(injected);
});
