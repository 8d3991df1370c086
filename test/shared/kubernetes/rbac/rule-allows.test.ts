import { describe, expect, it } from 'vitest';
import type { RbacRequest } from '../../../../shared/kubernetes/rbac/request.ts';
import { type PolicyRule, ruleAllows } from '../../../../shared/kubernetes/rbac/rule-allows.ts';

const pods: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };
const get = (more: object = {}): RbacRequest => ({
  verb: 'get',
  group: '',
  resource: 'pods',
  namespace: 'shop',
  ...more,
});

describe('a rule of a role', () => {
  it.each<[string, boolean, PolicyRule, RbacRequest]>([
    ['allows its verb on its resource', true, pods, get()],
    ['allows one object of it', true, pods, get({ name: 'cart' })],
    ['allows no other verb', false, pods, get({ verb: 'delete' })],
    ['does not take a verb in another case', false, pods, get({ verb: 'GET' })],
    ['allows no other resource', false, pods, get({ resource: 'secrets' })],
    ['allows no other group', false, pods, get({ group: 'metrics.k8s.io' })],
    ['does not allow a subresource', false, pods, get({ subresource: 'exec' })],
    [
      'allows a subresource that it names',
      true,
      { ...pods, resources: ['pods/exec'] },
      get({ subresource: 'exec' }),
    ],
    [
      'that names a subresource does not allow its resource',
      false,
      { ...pods, resources: ['pods/exec'] },
      get(),
    ],
    [
      'for all resources allows subresources',
      true,
      { ...pods, resources: ['*'] },
      get({ subresource: 'exec' }),
    ],
    [
      'for a subresource of all resources',
      true,
      { ...pods, resources: ['*/scale'] },
      get({ resource: 'deployments', subresource: 'scale' }),
    ],
    [
      'for a subresource of all resources allows no other subresource',
      false,
      { ...pods, resources: ['*/scale'] },
      get({ subresource: 'autoscale' }),
    ],
    ['does not know a star within a name', false, { ...pods, resources: ['po*'] }, get()],
    ['for all verbs', true, { ...pods, verbs: ['*'] }, get({ verb: 'impersonate' })],
    ['for all groups', true, { ...pods, apiGroups: ['*'] }, get({ group: 'example.com' })],
    ['without a group allows nothing', false, { verbs: ['*'], resources: ['*'] }, get()],
    ['with names allows what it names', true, { ...pods, resourceNames: ['cart'] }, get({ name: 'cart' })],
    ['with names allows no other name', false, { ...pods, resourceNames: ['cart'] }, get({ name: 'card' })],
    ['with names does not allow a list', false, { ...pods, resourceNames: ['cart'] }, get({ verb: 'list' })],
    [
      'with names would do for some object',
      true,
      { ...pods, resourceNames: ['cart'] },
      get({ anyName: true }),
    ],
    [
      'of paths allows its path',
      true,
      { verbs: ['get'], nonResourceURLs: ['/healthz'] },
      { verb: 'get', path: '/healthz' },
    ],
    [
      'of paths allows what its star begins',
      true,
      { verbs: ['get'], nonResourceURLs: ['/logs/*'] },
      { verb: 'get', path: '/logs/a/b' },
    ],
    [
      'of paths takes several stars at its end for one',
      true,
      { verbs: ['get'], nonResourceURLs: ['/logs**'] },
      { verb: 'get', path: '/logs/a' },
    ],
    [
      'of paths allows no other path',
      false,
      { verbs: ['get'], nonResourceURLs: ['/healthz'] },
      { verb: 'get', path: '/healthz/etcd' },
    ],
    ['for all paths', true, { verbs: ['*'], nonResourceURLs: ['*'] }, { verb: 'post', path: '/x' }],
    [
      'for all resources allows no path',
      false,
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verb: 'get', path: '/x' },
    ],
  ])('%s', (_, allowed, rule, request) => {
    expect(ruleAllows(rule, request)).toBe(allowed);
  });
});
