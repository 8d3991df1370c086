import * as z from 'zod';

/**
 * One change of one thing: what it is now and what it shall be; null where it does not exist. Data, so that it can be
 * stored, shown, hashed and turned around.
 */

const accountId = z.string().regex(/^\d{12}$/);
const arn = z.string().min(1).max(2048);
const tags = z.record(z.string(), z.string());
const inCluster = { account: accountId, region: z.string().max(64), cluster: z.string().max(100) };

const providerState = z.strictObject({
  url: z.string().max(255).describe('Issuer with https://'),
  clientIds: z.array(z.string().max(255)).max(100).describe('Accepted audiences, sorted'),
  thumbprints: z
    .array(z.string().max(40))
    .max(5)
    .optional()
    .describe(
      'Absent: IAM fetches its own. A deletion keeps them, so that it can be undone for an issuer that is gone',
    ),
  tags: tags.optional().describe('Absent: not looked at'),
});

const associationState = z.strictObject({
  roleArn: arn,
  targetRoleArn: arn.optional(),
  externalId: z.string().max(1224).optional().describe('Made by EKS; never sent'),
  disableSessionTags: z.boolean().optional(),
  policy: z.string().optional().describe('Session policy as text'),
  ownerArn: arn.optional().describe('Add-on that owns it: it is changed through the add-on'),
  tags: tags.optional().describe('Absent: not looked at'),
});

const addonState = z.strictObject({
  version: z.string().max(100).optional().describe('Absent: the default of the Kubernetes version'),
  configurationValues: z.string().max(65_536).optional().describe('Absent: not looked at'),
  serviceAccountRoleArn: arn.optional(),
  podIdentityAssociations: z
    .array(z.strictObject({ serviceAccount: z.string().max(253), roleArn: arn }))
    .optional(),
});

const accessEntryState = z.strictObject({
  type: z.string().max(64),
  username: z.string().max(2048).optional().describe('Absent: made by EKS'),
  groups: z.array(z.string().max(2048)).describe('Sorted'),
  tags: tags.optional().describe('Absent: not looked at'),
});

const accessScopeState = z.strictObject({
  type: z.enum(['cluster', 'namespace']),
  namespaces: z.array(z.string().max(63)).optional(),
});

const awsAuthState = z.strictObject({
  data: z.record(z.string().max(253), z.string().max(1_048_576)),
});

const authenticationMode = z.enum(['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API']);

const one = <K extends string, T extends z.ZodType, S extends z.ZodType>(kind: K, target: T, state: S) =>
  z.strictObject({ kind: z.literal(kind), target, before: state.nullable(), after: state.nullable() });

const providerTarget = z.strictObject({ account: accountId, arn });
const roleTarget = z.strictObject({ account: accountId, arn });
const associationTarget = z.strictObject({
  ...inCluster,
  namespace: z.string().max(63),
  serviceAccount: z.string().max(253),
});
const entryTarget = z.strictObject({ ...inCluster, principal: arn });

export const changeSchema = z.discriminatedUnion('kind', [
  one('oidc-provider', providerTarget, providerState),
  one('trust-policy', roleTarget, z.string().max(131_072).describe('Document as IAM returns it, decoded')),
  one('pod-identity-association', associationTarget, associationState),
  one('addon', z.strictObject({ ...inCluster, addon: z.string().max(100) }), addonState),
  one('access-entry', entryTarget, accessEntryState),
  one('access-policy', z.strictObject({ ...entryTarget.shape, policy: arn }), accessScopeState),
  one('aws-auth', z.strictObject(inCluster), awsAuthState),
  one('authentication-mode', z.strictObject(inCluster), authenticationMode),
  one(
    'service-account-annotation',
    z.strictObject({ ...associationTarget.shape, annotation: z.string().max(317) }),
    z.string().max(2048),
  ),
]);

export type Change = z.infer<typeof changeSchema>;
export type ChangeKind = Change['kind'];
export type ChangeOf<K extends ChangeKind> = Extract<Change, { readonly kind: K }>;
export type StateOf<K extends ChangeKind> = NonNullable<ChangeOf<K>['after']>;

/** The thing that a change changes, in one line that nothing else has: locks and histories go by it. */
export function targetKey({ kind, target }: Pick<Change, 'kind' | 'target'>): string {
  const parts = Object.entries(target)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, part]) => part);
  return JSON.stringify([kind, ...parts]);
}

/** Whether two states of a thing are the same, whatever the order of their keys. */
export function sameState(one: Change['before'], other: Change['before']): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** True for the one kind that nothing brings back: once access entries count, they count for ever (EKS API reference, UpdateClusterConfig). */
export function isIrreversible({ kind }: Change): boolean {
  return kind === 'authentication-mode';
}

/** True where reads show every write at once: the API server of Kubernetes answers them from what is stored (Kubernetes API concepts, "Resource versions"). IAM and EKS may show it later. */
export function showsAtOnce({ kind }: Pick<Change, 'kind'>): boolean {
  return kind === 'aws-auth' || kind === 'service-account-annotation';
}

/** True for what its owner defines elsewhere, in a chart or a manifest: it is written on a person's request alone. */
export function isGuided({ kind }: Pick<Change, 'kind'>): boolean {
  return kind === 'service-account-annotation';
}

/**
 * The change that undoes another, or null when nothing does: an authentication mode cannot be taken back, and a deleted
 * association, entry or provider is made anew (with another id, which its new description shows).
 */
export function inverse(change: Change): Change | null {
  return isIrreversible(change) ? null : swapped(change);
}

function swapped<C extends Change>(change: C): C {
  return { ...change, before: change.after, after: change.before };
}

/** JSON with every object's keys sorted and absent values left out: one text for one value. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
}
