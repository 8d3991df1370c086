import type { Account, Association, Cluster, OidcProvider, Role, Snapshot } from '../../estate/snapshot.ts';
import { SNAPSHOT_VERSION } from '../../estate/snapshot.ts';
import type { Example } from '../define-rule.ts';

/** The account, region and cluster of the examples; the id is the one that AWS documentation uses. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
export const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`;
export const CLUSTER_ARN = `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/shop`;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/checkout`;

/** A JSON document of a policy, as far as examples need its shape. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A trust policy of the given statements, as text. */
export function trustPolicy(...statements: readonly Json[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
}

/** The statement that lets the ServiceAccount `shop/checkout` in, with `changes` laid over it. */
export function irsaStatement(changes: Readonly<Record<string, Json>> = {}): Json {
  return {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${ISSUER}:aud`]: 'sts.amazonaws.com',
        [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout',
      },
    },
    ...changes,
  };
}

/** The statement that lets Pod Identity in, narrowed to the cluster `shop` and one ServiceAccount. */
export function podIdentityStatement(changes: Readonly<Record<string, Json>> = {}): Json {
  return {
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: {
      StringEquals: {
        'aws:SourceAccount': ACCOUNT,
        'aws:RequestTag/kubernetes-namespace': 'shop',
        'aws:RequestTag/kubernetes-service-account': 'checkout',
      },
      ArnEquals: { 'aws:SourceArn': CLUSTER_ARN },
    },
    ...changes,
  };
}

/** A role with nothing attached. */
export function role(changes: Partial<Role> = {}): Role {
  return {
    arn: ROLE_ARN,
    trustPolicy: trustPolicy(irsaStatement()),
    attachedPolicies: [],
    inlinePolicies: [],
    tags: {},
    ...changes,
  };
}

/** A sound provider for the cluster `shop`. */
export function provider(changes: Partial<OidcProvider> = {}): OidcProvider {
  return { arn: PROVIDER, url: ISSUER, clientIds: ['sts.amazonaws.com'], ...changes };
}

/** The cluster `shop`, completely read. */
export function cluster(changes: Partial<Cluster> = {}): Cluster {
  return {
    name: 'shop',
    arn: CLUSTER_ARN,
    status: 'ACTIVE',
    issuer: `https://${ISSUER}`,
    authenticationMode: 'API',
    autoMode: false,
    logging: ['audit', 'authenticator'],
    tags: {},
    addons: [],
    podIdentityAssociations: [],
    accessEntries: [],
    identityProviderConfigs: [],
    nodegroups: [],
    fargateProfiles: [],
    capabilities: [],
    ...changes,
  };
}

/** The association of `shop/checkout` with the role `checkout`. */
export function association(changes: Partial<Association> = {}): Association {
  return {
    id: 'a-example1',
    namespace: 'shop',
    serviceAccount: 'checkout',
    roleArn: ROLE_ARN,
    disableSessionTags: false,
    ...changes,
  };
}

interface Parts {
  readonly roles?: Account['roles'];
  readonly oidcProviders?: Account['oidcProviders'];
  readonly clusters?: readonly Cluster[];
  readonly policies?: Account['policies'];
  readonly trails?: Account['trails'];
  readonly quotas?: Account['quotas'];
  readonly otherAccounts?: readonly Account[];
  readonly complete?: boolean;
  readonly organization?: Partial<NonNullable<Snapshot['organization']>>;
  readonly coverage?: Snapshot['coverage'];
}

/** An estate of one account, one region and the cluster `shop`, with what an example changes. */
export function estateOf(parts: Parts = {}): Snapshot {
  const account: Account = {
    id: ACCOUNT,
    partition: 'aws',
    quotas: parts.quotas ?? { trustPolicyLength: 2048, oidcProviders: 100 },
    roles: parts.roles ?? [],
    policies: parts.policies ?? [],
    users: [],
    oidcProviders: parts.oidcProviders ?? [provider()],
    trails: parts.trails ?? [],
    regions: [{ name: REGION, clusters: [...(parts.clusters ?? [cluster()])] }],
  };
  return {
    schemaVersion: SNAPSHOT_VERSION,
    takenAt: '2026-11-22T00:00:00Z',
    organization: { complete: parts.complete ?? true, ...parts.organization },
    accounts: [account, ...(parts.otherAccounts ?? [])],
    coverage: parts.coverage ?? [],
  };
}

/** An example about one role: its trust policy is what the documentation prints. */
export function roleExample(
  title: string,
  trust: string,
  parts: Parts & { role?: Partial<Role> } = {},
): Example {
  const { role: changes, ...rest } = parts;
  return {
    title,
    snapshot: estateOf({ ...rest, roles: [role({ ...changes, trustPolicy: trust }), ...(rest.roles ?? [])] }),
    show: trust,
  };
}

/** An example about anything else: `show` is the part of the estate that matters. */
export function estateExample(title: string, parts: Parts, show: unknown): Example {
  return { title, snapshot: estateOf(parts), show: JSON.stringify(show, null, 2) };
}

/** An issuer of EKS that is no cluster of the examples. */
export const ELSEWHERE = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

/** An issuer of EKS in a region where the examples have no cluster. */
export const ABROAD = 'oidc.eks.eu-central-1.amazonaws.com/id/FEDCBA9876543210FEDCBA9876543210';

/** The statement for `shop/checkout` of a cluster that had another issuer. */
export function staleStatement(): Json {
  return {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ELSEWHERE}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${ELSEWHERE}:aud`]: 'sts.amazonaws.com',
        [`${ELSEWHERE}:sub`]: 'system:serviceaccount:shop:checkout',
      },
    },
  };
}
