import { itemsOf, type Located, memberOf, textOf, textsOf } from '../located.ts';
import { jsonOf } from '../policy-text.ts';
import { type ShownRole, shownPermissions } from '../shown.ts';
import { roleNameOf } from './reference.ts';
import { resolve } from './resolve.ts';
import type { Resource, Template } from './template.ts';

/** The policies that a template gives a role: its own, and those of policy resources that name it. */
export function permissionsOf(role: Resource, template: Template): ShownRole['facts'] {
  const attached = textsOf(resolve(memberOf(role.properties, 'ManagedPolicyArns'), template));
  const own = itemsOf(resolve(memberOf(role.properties, 'Policies'), template)).flatMap(inlinePolicy);
  const name = roleNameOf(role, template);
  const others = [...template.resources.values()].flatMap((resource) => {
    if (!/^AWS::IAM::(?:Managed|Role)?Policy$/.test(resource.type)) return [];
    const { properties } = resource;
    const roles = ['Roles', 'RoleName'].flatMap((key) =>
      textsOf(resolve(memberOf(properties, key), template)),
    );
    const document = resolve(memberOf(properties, 'PolicyDocument'), template);
    return roles.includes(name) && document !== undefined
      ? [{ name: resource.id, document: jsonOf(document) }]
      : [];
  });
  return shownPermissions(attached, [...own, ...others]);
}

function inlinePolicy(node: Located): { name: string; document: string }[] {
  const document = memberOf(node, 'PolicyDocument');
  if (document === undefined) return [];
  return [{ name: textOf(memberOf(node, 'PolicyName')) ?? 'inline', document: jsonOf(document) }];
}
