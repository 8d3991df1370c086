import { describe, expect, it } from 'vitest';
import type { RbacBinding, RbacRole } from '../../../../shared/estate/kubernetes-schema.ts';
import { buildAuthorizer } from '../../../../shared/kubernetes/rbac/authorizer.ts';
import type { Identity, RbacSubject } from '../../../../shared/kubernetes/rbac/request.ts';
import { takeoverOf } from '../../../../shared/kubernetes/rbac/takeover.ts';

const RBAC = 'rbac.authorization.k8s.io';
const dev: RbacSubject = { kind: 'Group', name: 'dev' };
const boss: RbacSubject = { kind: 'User', name: 'boss' };
const bot: RbacSubject = { kind: 'ServiceAccount', name: 'bot', namespace: 'ci' };

type Rule = RbacRole['rules'][number];
const rule = (verbs: string[], resources: string[], more: Partial<Rule> = {}): Rule => ({
  verbs,
  resources,
  apiGroups: [''],
  ...more,
});

let number = 0;
/** A role of its own for a subject, in a namespace or, without one, in the whole cluster. */
function given(subject: RbacSubject, rules: Rule[], namespace?: string): [RbacRole, RbacBinding] {
  const name = `r${number++}`;
  const place = namespace === undefined ? {} : { namespace };
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  return [
    { ...place, name, rules },
    { ...place, name, role: { kind, name }, subjects: [subject] },
  ];
}

function reachedBy(gifts: [RbacRole, RbacBinding][], runs = true) {
  const roles = gifts.map(([role]) => role);
  const bindings = gifts.map(([, binding]) => binding);
  const takeover = takeoverOf(
    { namespace: 'shop', name: 'cart', runs, byToken: true },
    buildAuthorizer({ roles, bindings }),
  );
  return {
    takeover,
    words: takeover.reached.map(
      ({ subject, means, as }) => `${subject.name} ${means}${as ? ` as ${as.name}` : ''}`,
    ),
  };
}

describe('who can act as a ServiceAccount', () => {
  it.each<[string, [RbacRole, RbacBinding][], string[]]>([
    ['nobody, where nothing is bound', [], []],
    [
      'who creates pods in its namespace',
      [given(dev, [rule(['create'], ['pods'])], 'shop')],
      ['dev run-pods'],
    ],
    ['not who creates pods elsewhere', [given(dev, [rule(['create'], ['pods'])], 'ci')], []],
    ['who creates pods anywhere', [given(bot, [rule(['create'], ['pods'])])], ['bot run-pods']],
    ['not who reads pods', [given(dev, [rule(['get', 'list', 'watch'], ['pods'])])], []],
    [
      'who patches deployments',
      [given(dev, [rule(['patch'], ['deployments'], { apiGroups: ['apps'] })], 'shop')],
      ['dev change-workloads'],
    ],
    [
      'not who scales them',
      [given(dev, [rule(['patch'], ['deployments/scale'], { apiGroups: ['apps'] })], 'shop')],
      [],
    ],
    [
      'who asks for its tokens',
      [given(dev, [rule(['create'], ['serviceaccounts/token'], { resourceNames: ['cart'] })], 'shop')],
      ['dev request-tokens'],
    ],
    [
      'not who asks for the tokens of another',
      [given(dev, [rule(['create'], ['serviceaccounts/token'], { resourceNames: ['card'] })], 'shop')],
      [],
    ],
    ['who enters its pods', [given(dev, [rule(['create'], ['pods/exec'])], 'shop')], ['dev enter-pods']],
    [
      'who changes the images of its pods',
      [given(dev, [rule(['patch'], ['pods'])], 'shop')],
      ['dev enter-pods'],
    ],
    ['who goes through the nodes', [given(dev, [rule(['get'], ['nodes/proxy'])])], ['dev proxy-to-nodes']],
    [
      'who impersonates one who can',
      [
        given(boss, [rule(['create'], ['pods'])], 'shop'),
        given(dev, [rule(['impersonate'], ['users'], { resourceNames: ['boss'] })]),
      ],
      ['boss run-pods', 'dev impersonate as boss'],
    ],
    [
      'who impersonates a ServiceAccount that can',
      [
        given(bot, [rule(['create'], ['pods'])], 'shop'),
        given(dev, [rule(['impersonate'], ['serviceaccounts'])], 'ci'),
      ],
      ['bot run-pods', 'dev impersonate as bot'],
    ],
    [
      'who impersonates one who impersonates one who can',
      [
        given(bot, [rule(['create'], ['pods'])], 'shop'),
        given(boss, [rule(['impersonate'], ['serviceaccounts'])], 'ci'),
        given(dev, [rule(['impersonate'], ['users'], { resourceNames: ['boss'] })]),
      ],
      ['bot run-pods', 'boss impersonate as bot', 'dev impersonate as boss'],
    ],
    [
      'who impersonates system:masters along with some user',
      [
        given(dev, [
          rule(['impersonate'], ['groups'], { resourceNames: ['system:masters'] }),
          rule(['impersonate'], ['users'], { resourceNames: ['x'] }),
        ]),
      ],
      ['dev impersonate as system:masters'],
    ],
    ['not who impersonates a group and no user', [given(dev, [rule(['impersonate'], ['groups'])])], []],
    [
      'not who impersonates the ServiceAccount itself, which cannot do it',
      [given(dev, [rule(['impersonate'], ['serviceaccounts'], { resourceNames: ['cart'] })], 'shop')],
      [],
    ],
    [
      'who binds a role that can',
      [
        given(boss, [rule(['create'], ['pods'])]),
        given(
          dev,
          [
            rule(['create'], ['rolebindings'], { apiGroups: [RBAC] }),
            rule(['bind'], ['clusterroles'], { apiGroups: [RBAC] }),
          ],
          'shop',
        ),
      ],
      ['boss run-pods', 'dev bind-roles'],
    ],
    [
      'not who may bind no role',
      [
        given(boss, [rule(['create'], ['pods'])]),
        given(dev, [rule(['create'], ['rolebindings'], { apiGroups: [RBAC] })], 'shop'),
      ],
      ['boss run-pods'],
    ],
    [
      'not who binds a role that cannot',
      [
        given(boss, [rule(['get'], ['pods'])]),
        given(
          dev,
          [
            rule(['create'], ['rolebindings'], { apiGroups: [RBAC] }),
            rule(['bind'], ['clusterroles'], { apiGroups: [RBAC] }),
          ],
          'shop',
        ),
      ],
      [],
    ],
    [
      'who widens roles',
      [given(dev, [rule(['update', 'escalate'], ['roles'], { apiGroups: [RBAC] })], 'shop')],
      ['dev widen-roles'],
    ],
    [
      'not who changes roles without escalating',
      [given(dev, [rule(['update'], ['roles'], { apiGroups: [RBAC] })], 'shop')],
      [],
    ],
  ])('%s', (_, gifts, words) => {
    expect(reachedBy(gifts).words).toEqual(words);
  });

  it('entering pods needs pods', () => {
    expect(reachedBy([given(dev, [rule(['create'], ['pods/exec'])], 'shop')], false).words).toEqual([]);
  });

  it('a binding to a role that does not exist gives nothing', () => {
    const [, binding] = given(dev, [], 'shop');
    const takeover = takeoverOf(
      { namespace: 'shop', name: 'cart', runs: true, byToken: true },
      buildAuthorizer({ bindings: [binding] }),
    );
    expect(takeover.reached).toEqual([]);
  });
});

describe('whether a caller can', () => {
  const { takeover } = reachedBy([
    given(dev, [rule(['create'], ['pods'])], 'shop'),
    given(boss, [rule(['impersonate'], ['groups'])]),
    given({ kind: 'Group', name: 'system:authenticated' }, [rule(['impersonate'], ['users'])]),
  ]);
  it.each<[string, Identity, string | undefined]>([
    ['a member of the group can', { user: 'jane', groups: ['dev'] }, 'run-pods'],
    ['a stranger cannot', { user: 'jane', groups: [] }, undefined],
    ['system:masters can', { user: 'jane', groups: ['system:masters'] }, 'system:masters'],
    ['rights from two bindings add up', { user: 'boss', groups: ['system:authenticated'] }, 'impersonate'],
    ['half of them is not enough', { user: 'boss', groups: [] }, undefined],
  ])('%s', (_, who, means) => {
    expect(takeover.by(who)?.means).toBe(means);
  });
});
