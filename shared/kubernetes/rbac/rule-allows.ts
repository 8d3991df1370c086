import type { RbacRole } from '../../estate/kubernetes-schema.ts';
import type { RbacRequest, ResourceRequest } from './request.ts';

export type PolicyRule = RbacRole['rules'][number];

const ALL = '*';

/**
 * Whether a rule of a role allows a request, as the API server's RBAC authorizer decides it: everything is compared
 * letter for letter, `*` stands for all only where it stands alone, in `*\/subresource` and at the end of a path; a rule
 * with resource names never allows a request that names none.
 *
 * Source: kubernetes, pkg/apis/rbac/v1/evaluation_helpers.go and plugin/pkg/auth/authorizer/rbac.
 */
export function ruleAllows(rule: PolicyRule, request: RbacRequest): boolean {
  if (!has(rule.verbs, request.verb)) return false;
  return 'path' in request ? pathMatches(rule, request.path) : resourceMatches(rule, request);
}

function resourceMatches(rule: PolicyRule, request: ResourceRequest): boolean {
  return has(rule.apiGroups ?? [], request.group) && names(rule, request) && objectMatches(rule, request);
}

function names({ resources = [] }: PolicyRule, { resource, subresource }: ResourceRequest): boolean {
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  return has(resources, whole) || (subresource !== undefined && resources.includes(`${ALL}/${subresource}`));
}

function objectMatches({ resourceNames = [] }: PolicyRule, { name, anyName }: ResourceRequest): boolean {
  if (resourceNames.length === 0 || anyName === true) return true;
  return name !== undefined && resourceNames.includes(name);
}

function pathMatches({ nonResourceURLs = [] }: PolicyRule, path: string): boolean {
  return nonResourceURLs.some(
    (one) => one === ALL || one === path || (one.endsWith(ALL) && path.startsWith(one.replace(/\*+$/, ''))),
  );
}

const has = (list: readonly string[], one: string): boolean => list.includes(ALL) || list.includes(one);
