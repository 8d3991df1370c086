import type { Change } from '../../changes/change.ts';

/** What a call is made on, as IAM's service authorization reference has it. */
export type ResourceType =
  | 'oidc-provider'
  | 'role'
  /** A role that EKS is handed. */
  | 'passed-role'
  | 'cluster'
  | 'association'
  | 'addon'
  | 'access-entry';

/** What a call says besides its resource (service authorization reference of EKS: condition keys). */
export type ConditionKey = 'eks:principalArn' | 'eks:policyArn' | 'eks:authenticationMode';

/** IAM actions, the resource type on which they are asked for, and the key that narrows them where a resource is wide. */
export interface Declared {
  readonly actions: readonly [string, ...string[]];
  readonly on: ResourceType;
  readonly by?: ConditionKey;
}

/** `tag`: besides `create`, where it sets tags. `owned`: instead of all, where an add-on owns the thing. */
export type Operation = 'create' | 'update' | 'delete' | 'tag' | 'owned';

/** The calls of one kind of change. */
export type Permissions = { readonly read: readonly Declared[] } & {
  readonly [O in Operation]?: readonly Declared[];
};

/** What one change is made on: ARNs by type, and values of condition keys. */
export interface Resources {
  readonly arns: { readonly [R in ResourceType]?: readonly string[] };
  readonly values?: { readonly [K in ConditionKey]?: string };
}

/** One statement's worth: actions on ARNs, under a condition. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: readonly [key: ConditionKey, value: string];
}

/** What a change does to its target. */
export function operationsOf({ before, after }: Pick<Change, 'before' | 'after'>): readonly Operation[] {
  if (after === null) return ['delete'];
  if (before !== null) return ['update'];
  const tagged = typeof after === 'object' && 'tags' in after && Object.keys(after.tags ?? {}).length > 0;
  return tagged ? ['create', 'tag'] : ['create'];
}

/** The declared actions on the resources of one change. Types without a resource grant nothing. */
export function grantsOf(declared: readonly Declared[], { arns, values = {} }: Resources): Grant[] {
  const grants = new Map<string, { actions: Set<string> } & Omit<Grant, 'actions'>>();
  for (const { actions, on, by } of declared) {
    const resources = [...new Set(arns[on])].sort();
    if (resources.length === 0) continue;
    const value = by === undefined ? undefined : values[by];
    if (by !== undefined && value === undefined) throw new RangeError(`The change gives no value of ${by}.`);
    const key = JSON.stringify([resources, by]);
    const grant = grants.get(key) ?? {
      actions: new Set<string>(),
      resources,
      ...(by === undefined || value === undefined ? {} : { condition: [by, value] as const }),
    };
    for (const action of actions) grant.actions.add(action);
    grants.set(key, grant);
  }
  return [...grants.values()].map((grant) => ({ ...grant, actions: [...grant.actions].sort() }));
}
