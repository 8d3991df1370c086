import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';
import { booleanOf, type Located, memberOf, membersOf, textOf, textsOf } from './located.ts';
import { jsonOf, type PolicyText } from './policy-text.ts';
import { type ShownRole, shownPermissions, type Whereabouts } from './shown.ts';
import { generatedName, holdsFresh } from './unresolved.ts';

/** For whom eksctl makes a role. */
interface Workload {
  readonly namespace: string | undefined;
  readonly serviceAccount: string;
}

/** The members that give a role permissions: of ServiceAccounts and add-ons, and of associations. */
const MANAGED = ['attachPolicyARNs', 'permissionPolicyARNs'] as const;
const INLINE = ['attachPolicy', 'permissionPolicy'] as const;
const WELL_KNOWN = 'wellKnownPolicies';

/** Where the first member stands that gives permissions; null where none does. */
export function permissionsAt(node: Located): number | null {
  const names: readonly string[] = [...MANAGED, ...INLINE, WELL_KNOWN];
  return membersOf(node).find(({ key }) => names.includes(key))?.keyAt ?? null;
}

/** The role that eksctl makes for a workload, with the policies that the config gives it (eksctl.io, "Config file schema"). */
export function roleOfEksctl(node: Located, workload: Workload, where: Whereabouts): ShownRole {
  const at = permissionsAt(node) ?? node.at;
  const boundary =
    textOf(memberOf(node, 'permissionsBoundary')) ?? textOf(memberOf(node, 'permissionsBoundaryARN'));
  return {
    at,
    made: true,
    name: textOf(memberOf(node, 'roleName')) ?? madeName(workload, at),
    path: '/',
    where,
    trust: forPods(at),
    facts: {
      ...permissionsOf(node),
      ...(boundary !== undefined && { permissionsBoundary: boundary }),
    },
  };
}

/** Nobody knows the name that it gets: one that tells whose role it is. */
function madeName({ namespace, serviceAccount }: Workload, at: number): string {
  const own = ['eksctl-role-of', ...(namespace === undefined ? [] : [namespace]), serviceAccount].join('-');
  return generatedName(holdsFresh(own) ? `eksctl-role-${at}` : own);
}

function permissionsOf(node: Located): ShownRole['facts'] {
  const managed = MANAGED.flatMap((name) => textsOf(memberOf(node, name)));
  // eksctl has the documents of these, and no file of its user does.
  const wellKnown = membersOf(memberOf(node, WELL_KNOWN))
    .filter(({ value }) => booleanOf(value) !== false)
    .map(({ key }) => `${WELL_KNOWN}.${key}`);
  const inline = INLINE.flatMap((name) => {
    const document = memberOf(node, name);
    if (document === undefined) return [];
    return [{ name, document: document.kind === 'text' ? document.value : jsonOf(document) }];
  });
  return shownPermissions([...managed, ...wellKnown], inline);
}

/**
 * Stands for the trust policy that eksctl writes, of which nothing is judged: it says that the role is for pods, whether
 * or not the provider exists yet through which they come in.
 */
function forPods(at: number): PolicyText {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: POD_IDENTITY_SERVICE },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      },
    ],
  });
  return { text, root: { kind: 'map', at, members: [] }, left: 'none', placeOf: () => at };
}
