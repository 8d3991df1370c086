import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PodGroup } from '../../../../shared/estate/kubernetes-schema.ts';
import { type Binding, bindingOf } from '../../../../shared/kubernetes/injection/binding.ts';
import { inject, skippedContainers } from '../../../../shared/kubernetes/injection/inject.ts';
import { received } from '../../../../shared/kubernetes/injection/received.ts';
import { container, podGroup, serviceAccount } from '../../../../shared/rules/examples/kubernetes.ts';

const ROLE = 'arn:aws:iam::111122223333:role/checkout';
const annotate = (annotations: Record<string, string>) => bindingOf(serviceAccount({ annotations }), false);
const IRSA = bindingOf(serviceAccount(), false) as Binding;
const POD_IDENTITY = bindingOf(undefined, true) as Binding;
const bare = (changes: Partial<PodGroup> = {}) => podGroup({ containers: [container({})], ...changes });
const namesOf = (pod: PodGroup, binding: Binding, region?: string) =>
  inject(pod, binding, region)?.containers[0]?.adds.map(({ name }) => name);

describe('what a ServiceAccount gives its pods', () => {
  it.each([
    ['an annotation', false, { 'eks.amazonaws.com/role-arn': ROLE }, 'irsa'],
    ['an association', true, {}, 'pod-identity'],
    ['an association before an annotation', true, { 'eks.amazonaws.com/role-arn': ROLE }, 'pod-identity'],
    ['nothing', false, {}, undefined],
    ['nothing, by an empty annotation', false, { 'eks.amazonaws.com/role-arn': '' }, undefined],
    ['nothing, by an annotation of kiam', false, { 'iam.amazonaws.com/role': ROLE }, undefined],
    [
      'whatever an annotation says, be it no ARN',
      false,
      { 'eks.amazonaws.com/role-arn': 'checkout' },
      'irsa',
    ],
  ])('is decided by %s', (_when, associated, annotations, mechanism) => {
    expect(bindingOf(serviceAccount({ annotations }), associated)?.mechanism).toBe(mechanism);
  });

  it.each([
    [{}, 86_400],
    [{ 'eks.amazonaws.com/token-expiration': '3600' }, 3600],
    [{ 'eks.amazonaws.com/token-expiration': '60' }, 600],
    [{ 'eks.amazonaws.com/token-expiration': '1h' }, 86_400],
  ])('lives as long as %j says', (annotations, seconds) => {
    expect(annotate({ 'eks.amazonaws.com/role-arn': ROLE, ...annotations })?.expiration).toBe(seconds);
  });
});

describe('injection', () => {
  it('adds region, regional endpoint, role and token for an annotation', () => {
    expect(inject(bare(), IRSA, 'eu-west-1')).toEqual({
      containers: [
        {
          container: 'app',
          skipped: false,
          adds: [
            { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' },
            { name: 'AWS_DEFAULT_REGION', value: 'eu-west-1' },
            { name: 'AWS_REGION', value: 'eu-west-1' },
            { name: 'AWS_ROLE_ARN', value: ROLE },
            {
              name: 'AWS_WEB_IDENTITY_TOKEN_FILE',
              value: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
            },
          ],
          mount: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
        },
      ],
      volume: {
        volume: 'aws-iam-token',
        audience: 'sts.amazonaws.com',
        expirationSeconds: 86_400,
        path: 'token',
      },
    });
  });

  it('adds address and token of the agent for an association, and no role', () => {
    expect(namesOf(bare(), POD_IDENTITY)).toEqual([
      'AWS_STS_REGIONAL_ENDPOINTS',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    ]);
    expect(inject(bare(), POD_IDENTITY)?.volume?.audience).toBe('pods.eks.amazonaws.com');
  });

  it('adds neither variable where the container has one, and mounts the token all the same', () => {
    const pod = podGroup({ containers: [container({ AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/own' })] });
    expect(namesOf(pod, IRSA)).toEqual(['AWS_STS_REGIONAL_ENDPOINTS']);
    expect(inject(pod, IRSA)?.containers[0]?.mount).not.toBeNull();
  });

  it('adds no region where the container has one of the two variables', () => {
    const pod = podGroup({ containers: [container({ AWS_DEFAULT_REGION: 'eu-central-1' })] });
    expect(namesOf(pod, IRSA, 'eu-west-1')).not.toContain('AWS_REGION');
  });

  it('asks for no regional endpoint where the ServiceAccount does not want it', () => {
    const global = annotate({
      'eks.amazonaws.com/role-arn': ROLE,
      'eks.amazonaws.com/sts-regional-endpoints': 'false',
    }) as Binding;
    expect(namesOf(bare(), global)).not.toContain('AWS_STS_REGIONAL_ENDPOINTS');
  });

  it("takes the pod's token-expiration before that of the ServiceAccount", () => {
    const pod = bare({ annotations: { 'eks.amazonaws.com/token-expiration': '7200' } });
    const binding = annotate({
      'eks.amazonaws.com/role-arn': ROLE,
      'eks.amazonaws.com/token-expiration': '3600',
    }) as Binding;
    expect(inject(pod, binding)?.volume?.expirationSeconds).toBe(7200);
    expect(inject(bare(), binding)?.volume?.expirationSeconds).toBe(3600);
  });

  it('writes the path of Windows for Windows pods', () => {
    const values = inject(bare({ os: 'windows' }), IRSA)?.containers[0]?.adds.map(({ value }) => value);
    expect(values).toContain('C:\\var\\run\\secrets\\eks.amazonaws.com\\serviceaccount\\token');
  });

  it('takes init containers and pods on the network of their host as any other', () => {
    const pod = podGroup({
      hostNetwork: true,
      containers: [container({}), container({}, { name: 'migrate', init: true })],
    });
    expect(inject(pod, IRSA)?.containers.map(({ adds }) => adds.length > 0)).toEqual([true, true]);
  });

  it('is not called for pods with the label, whatever it says', () => {
    expect(
      inject(bare({ labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'false' } }), IRSA),
    ).toBeNull();
  });

  it.each([
    ['app', ['app']],
    ['app,proxy', ['app', 'proxy']],
    ['app, proxy', ['app', ' proxy']],
    ['"app","a""b"', ['app', 'a"b']],
    ['app"', []],
    ['', []],
  ])('leaves out the containers of %j', (text, names) => {
    const annotations = { 'eks.amazonaws.com/skip-containers': text };
    expect([...skippedContainers({ annotations })]).toEqual(names);
  });
});

/** A pod after the webhook: its variables, mounts and volume added. */
function injected(pod: PodGroup, binding: Binding): PodGroup {
  const done = inject(pod, binding, 'eu-west-1');
  if (done === null) return pod;
  return {
    ...pod,
    tokens: [...(pod.tokens ?? []), ...(done.volume === null ? [] : [done.volume])],
    containers: pod.containers.map((one, index) => {
      const { adds = [], mount = null } = done.containers[index] ?? {};
      return {
        ...one,
        env: [...one.env, ...adds],
        mounts: [...(one.mounts ?? []), ...(mount === null ? [] : [mount])],
      };
    }),
  };
}

const NAMES = [
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_REGION',
  'AWS_STS_REGIONAL_ENDPOINTS',
];
const pods = fc
  .record({
    variables: fc.array(fc.subarray(NAMES), { minLength: 1, maxLength: 3 }),
    skip: fc.constantFrom(undefined, 'c0', 'c1,c2'),
    windows: fc.boolean(),
  })
  .map(({ variables, skip, windows }) =>
    podGroup({
      os: windows ? 'windows' : 'linux',
      ...(skip === undefined ? {} : { annotations: { 'eks.amazonaws.com/skip-containers': skip } }),
      containers: variables.map((names, index) => ({
        name: `c${index}`,
        env: names.map((name) => ({ name, value: 'own' })),
      })),
    }),
  );

describe('what was injected', () => {
  it.each([
    ['irsa', IRSA],
    ['pod-identity', POD_IDENTITY],
  ])('is seen as such, and injecting again adds nothing: %s', (_mechanism, binding) => {
    fc.assert(
      fc.property(pods, (pod) => {
        const after = injected(pod, binding);
        const again = inject(after, binding, 'eu-west-1');
        expect(again?.volume).toBeNull();
        expect(again?.containers.every(({ adds, mount }) => adds.length === 0 && mount === null)).toBe(true);
        after.containers.forEach((one, index) => {
          const { kind } = received(one, after, binding);
          expect(kind).not.toBe('missing');
          const before = pod.containers[index];
          const free = before !== undefined && received(before, pod, binding).kind === 'missing';
          if (free) expect(kind).toBe('given');
        });
      }),
      { numRuns: 300 },
    );
  });
});
