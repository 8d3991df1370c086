import fc from 'fast-check';
import { beforeAll, describe, expect, inject, it, vi } from 'vitest';
import * as z from 'zod';
import type { Kubernetes, RbacBinding, RbacRole } from '../../shared/estate/kubernetes-schema.ts';
import { rbacBindingSchema, rbacRoleSchema } from '../../shared/estate/kubernetes-schema.ts';
import { type Authorizer, buildAuthorizer } from '../../shared/kubernetes/rbac/authorizer.ts';
import type { Identity, RbacRequest } from '../../shared/kubernetes/rbac/request.ts';
import { takeoverOf } from '../../shared/kubernetes/rbac/takeover.ts';
import { type Answer, must, send } from '../support/kubernetes/http.ts';

const kubernetes = inject('kubernetes');
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const NAMESPACES = ['rbac-a', 'rbac-b'] as const;

const some = (...values: string[]) => fc.subarray(values, { minLength: 1, maxLength: 3 });
const verbs = some('get', 'list', 'create', 'update', 'patch', 'impersonate', 'bind', 'escalate', '*', 'GET');
const resources = some(
  'pods',
  'pods/exec',
  'secrets',
  'deployments',
  'deployments/scale',
  '*/scale',
  '*',
  'po*',
  'serviceaccounts/token',
  'users',
);
const groups = some('', 'apps', '*', 'example.com');
const names = fc.option(some('one', 'two', '*'), { nil: undefined });
const resourceRule = fc.record({ verbs, resources, apiGroups: groups, resourceNames: names });
const pathRule = fc.record({ verbs, nonResourceURLs: some('/healthz', '/logs/*', '/logs**', '*', '/lo*gs') });
const subjects = fc.subarray(
  [
    { kind: 'User', name: 'ann' },
    { kind: 'User', name: 'bob' },
    { kind: 'User', name: 'system:serviceaccount:rbac-b:robot' },
    { kind: 'Group', name: 'dev' },
    { kind: 'Group', name: 'ops' },
    { kind: 'Group', name: 'system:serviceaccounts:rbac-a' },
    { kind: 'ServiceAccount', name: 'robot', namespace: 'rbac-a' },
    { kind: 'ServiceAccount', name: 'robot', namespace: 'rbac-b' },
  ] as const,
  { minLength: 1, maxLength: 2 },
);
const place = fc.constantFrom(undefined, ...NAMESPACES);
const pieces = fc.record({
  role: fc.record({
    namespace: place,
    rules: fc.array(fc.oneof({ weight: 5, arbitrary: resourceRule }, pathRule), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
  bound: place,
  subjects,
});
type Piece = typeof pieces extends fc.Arbitrary<infer T> ? T : never;
const identities = fc.record({
  user: fc.constantFrom(
    'ann',
    'bob',
    'eve',
    'system:serviceaccount:rbac-a:robot',
    'system:serviceaccount:rbac-b:robot',
  ),
  groups: fc.subarray(
    ['dev', 'ops', 'system:authenticated', 'system:serviceaccounts:rbac-a', 'system:masters'],
    {
      maxLength: 2,
    },
  ),
});
const requests: fc.Arbitrary<RbacRequest> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        verb: fc.constantFrom('get', 'list', 'create', 'update', 'patch', 'impersonate', 'bind', 'delete'),
        group: fc.constantFrom('', 'apps', 'example.com'),
        resource: fc.constantFrom('pods', 'secrets', 'deployments', 'users', 'serviceaccounts'),
        subresource: fc.constantFrom(undefined, undefined, 'exec', 'scale', 'token'),
        namespace: place,
        name: fc.constantFrom(undefined, 'one', 'three'),
      })
      .map(({ subresource, namespace, name, ...rest }) => ({
        ...rest,
        ...(subresource === undefined ? {} : { subresource }),
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }),
      })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      verb: fc.constantFrom('get', 'post'),
      path: fc.constantFrom('/healthz', '/healthz/etcd', '/logs/a/b', '/metrics', '/logs'),
    }),
  },
);

const folder = (kind: string, namespace?: string) =>
  namespace === undefined ? `${RBAC}/cluster${kind}` : `${RBAC}/namespaces/${namespace}/${kind}`;

/** Creates a role and binds it; what the API server does not take as valid is left out. */
async function create({ role, bound, subjects: who }: Piece, name: string): Promise<void> {
  const made = await send(kubernetes, 'POST', folder('roles', role.namespace), {
    metadata: { name },
    rules: role.rules,
  });
  if (made.status === 422) return;
  const kind = role.namespace === undefined ? 'ClusterRole' : 'Role';
  await send(kubernetes, 'POST', folder('rolebindings', role.namespace ?? bound), {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: who.map((subject) => ({
      ...subject,
      ...(subject.kind === 'ServiceAccount' ? {} : { apiGroup: 'rbac.authorization.k8s.io' }),
    })),
  });
}

const listed = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item).nullable() });
const metadata = z.object({ name: z.string(), namespace: z.string().optional() });

/** Everything that the server knows of RBAC, in the shape of the snapshot. */
async function readRbac(): Promise<Kubernetes> {
  const list = async (resource: string) =>
    must(kubernetes, 'GET', `${RBAC}/${resource}`).then((text) => JSON.parse(text));
  const roles: RbacRole[] = [];
  for (const resource of ['roles', 'clusterroles']) {
    const { items } = listed(z.object({ metadata, rules: z.array(z.any()).nullish() })).parse(
      await list(resource),
    );
    for (const { metadata: meta, rules } of items ?? [])
      roles.push(rbacRoleSchema.parse({ ...meta, rules: rules ?? [] }));
  }
  const bindings: RbacBinding[] = [];
  for (const resource of ['rolebindings', 'clusterrolebindings']) {
    const { items } = listed(
      z.object({
        metadata,
        roleRef: z.object({ kind: z.enum(['Role', 'ClusterRole']), name: z.string() }),
        subjects: z
          .array(
            z.object({
              kind: z.enum(['User', 'Group', 'ServiceAccount']),
              name: z.string(),
              namespace: z.string().optional(),
            }),
          )
          .nullish(),
      }),
    ).parse(await list(resource));
    for (const { metadata: meta, roleRef, subjects: who } of items ?? [])
      bindings.push(rbacBindingSchema.parse({ ...meta, role: roleRef, subjects: who ?? [] }));
  }
  return { roles, bindings };
}

async function reviewed(who: Identity, request: RbacRequest): Promise<boolean> {
  const attributes = 'path' in request ? { nonResourceAttributes: request } : { resourceAttributes: request };
  const text = await must(kubernetes, 'POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    spec: { user: who.user, groups: who.groups, ...attributes },
  });
  return z.object({ status: z.object({ allowed: z.boolean() }) }).parse(JSON.parse(text)).status.allowed;
}

const WORLD = 120;
const QUESTIONS = Number(process.env['PODTRUST_LONG'] === '1' ? 20_000 : 2_000);

let authorizer: Authorizer;

beforeAll(async () => {
  for (const name of NAMESPACES) await must(kubernetes, 'POST', '/api/v1/namespaces', { metadata: { name } });
  const world = fc.sample(pieces, { numRuns: WORLD, seed: 20_261_123 });
  for (const [number, piece] of world.entries()) await create(piece, `world-${number}`);
  await must(kubernetes, 'POST', folder('roles'), {
    metadata: { name: 'last' },
    rules: [{ verbs: ['get'], nonResourceURLs: ['/last'] }],
  });
  await must(kubernetes, 'POST', folder('rolebindings'), {
    metadata: { name: 'last' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'last' },
    subjects: [{ kind: 'User', name: 'last', apiGroup: 'rbac.authorization.k8s.io' }],
  });
  await vi.waitFor(
    async () =>
      expect(await reviewed({ user: 'last', groups: [] }, { verb: 'get', path: '/last' })).toBe(true),
    { timeout: 20_000, interval: 100 },
  );
  authorizer = buildAuthorizer(await readRbac());
});

describe('podtrust and the API server', () => {
  it(`agree on ${QUESTIONS} questions about ${WORLD} generated roles and bindings beside the built-in ones`, async () => {
    const questions = fc.sample(fc.tuple(identities, requests), { numRuns: QUESTIONS, seed: 20_261_124 });
    const answers = { yes: 0, no: 0 };
    for (let start = 0; start < questions.length; start += 50) {
      await Promise.all(
        questions.slice(start, start + 50).map(async ([who, request]) => {
          const allowed = await reviewed(who, request);
          answers[allowed ? 'yes' : 'no'] += 1;
          expect({ who, request, allowed: authorizer.who(request).to(who) !== null }).toEqual({
            who,
            request,
            allowed,
          });
        }),
      );
    }
    expect(answers.yes).toBeGreaterThan(QUESTIONS / 20);
    expect(answers.no).toBeGreaterThan(QUESTIONS / 20);
  });

  it('every holder that podtrust names is one that the server lets through', async () => {
    const asked: RbacRequest[] = [
      { verb: 'create', group: '', resource: 'pods', namespace: 'rbac-a' },
      { verb: 'create', group: '', resource: 'pods', subresource: 'exec', namespace: 'rbac-b' },
      { verb: 'impersonate', group: '', resource: 'users', name: 'one' },
    ];
    for (const request of asked) {
      const { holders } = authorizer.who(request);
      expect(holders.length).toBeGreaterThan(0);
      for (const { subject } of holders) {
        const who =
          subject.kind === 'Group'
            ? { user: 'someone', groups: [subject.name] }
            : {
                user:
                  subject.kind === 'User'
                    ? subject.name
                    : `system:serviceaccount:${subject.namespace}:${subject.name}`,
                groups: [],
              };
        expect({ subject, allowed: await reviewed(who, request) }).toEqual({ subject, allowed: true });
      }
    }
  });
});

describe('acting as a ServiceAccount, tried on the server', () => {
  const namespace = 'rbac-take';
  const as = (user: string) => ({ user, groups: ['system:authenticated'] });
  const rbac = 'rbac.authorization.k8s.io';
  const cases: readonly (readonly [user: string, what: string, rules: object[], attempt: Attempt])[] = [
    ['runs-pods', 'creates a pod', [{ verbs: ['create'], apiGroups: [''], resources: ['pods'] }], pod],
    ['reads-pods', 'only reads', [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }], pod],
    [
      'asks-tokens',
      'asks for a token',
      [{ verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['cart'] }],
      token,
    ],
    [
      'asks-other-tokens',
      'asks for a token and may have those of another',
      [{ verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['card'] }],
      token,
    ],
    [
      'binds',
      'binds a role that creates pods',
      [
        { verbs: ['create'], apiGroups: [rbac], resources: ['rolebindings'] },
        { verbs: ['bind'], apiGroups: [rbac], resources: ['clusterroles'], resourceNames: ['edit'] },
      ],
      bindEdit,
    ],
    [
      'binds-without-the-verb',
      'makes a binding of a role it does not hold',
      [{ verbs: ['create'], apiGroups: [rbac], resources: ['rolebindings'] }],
      bindEdit,
    ],
    [
      'widens',
      'widens its own role',
      [{ verbs: ['update', 'patch', 'escalate'], apiGroups: [rbac], resources: ['roles'] }],
      widen,
    ],
    [
      'changes-roles',
      'changes its own role without the verb escalate',
      [{ verbs: ['update', 'patch'], apiGroups: [rbac], resources: ['roles'] }],
      widen,
    ],
  ];

  type Attempt = (user: string) => Promise<Answer>;
  const dry = '?dryRun=All';
  const attempt = (user: string, method: string, path: string, body: object) =>
    send({ ...kubernetes, impersonate: user }, method, `${path}${dry}`, body);
  function pod(user: string) {
    return attempt(user, 'POST', `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'taken' },
      spec: { serviceAccountName: 'cart', containers: [{ name: 'a', image: 'a' }] },
    });
  }
  function token(user: string) {
    return attempt(user, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts/cart/token`, {
      spec: { audiences: ['sts.amazonaws.com'] },
    });
  }
  function bindEdit(user: string) {
    return attempt(user, 'POST', `${RBAC}/namespaces/${namespace}/rolebindings`, {
      metadata: { name: 'taken' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'User', name: user, apiGroup: rbac }],
    });
  }
  function widen(user: string) {
    return attempt(user, 'PATCH', `${RBAC}/namespaces/${namespace}/roles/${user}`, {
      rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    });
  }

  beforeAll(async () => {
    await must(kubernetes, 'POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await must(kubernetes, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
      metadata: { name: 'cart' },
    });
    for (const [user, , rules] of cases) {
      await must(kubernetes, 'POST', `${RBAC}/namespaces/${namespace}/roles`, {
        metadata: { name: user },
        rules,
      });
      await must(kubernetes, 'POST', `${RBAC}/namespaces/${namespace}/rolebindings`, {
        metadata: { name: user },
        roleRef: { apiGroup: rbac, kind: 'Role', name: user },
        subjects: [{ kind: 'User', name: user, apiGroup: rbac }],
      });
    }
    await vi.waitFor(
      async () =>
        expect(
          await reviewed(as('changes-roles'), { verb: 'update', group: rbac, resource: 'roles', namespace }),
        ).toBe(true),
      { timeout: 20_000, interval: 100 },
    );
  });

  it.each(cases)('%s, who %s', async (user, _, __, tried) => {
    const takeover = takeoverOf(
      { namespace, name: 'cart', runs: true, byToken: true },
      buildAuthorizer(await readRbac()),
    );
    const { status } = await tried(user);
    expect([200, 201, 403]).toContain(status);
    expect(takeover.by(as(user)) !== null).toBe(status !== 403);
    expect(takeover.reached.some(({ subject }) => subject.name === user)).toBe(status !== 403);
  });
});
