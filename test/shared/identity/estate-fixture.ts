import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Estate } from '../../../shared/estate/estate.ts';
import type { Account, Cluster, OidcProvider, Role, Snapshot } from '../../../shared/estate/snapshot.ts';
import { ACCOUNT, doc, ISSUER, provider, STS, type Statement } from '../audit/trust-cases.ts';

const REGION = 'eu-west-1';

/** A sound cluster of the account: active, with its agent, and read completely. */
export function cluster(more: Partial<Cluster> = {}): Cluster {
  const name = more.name ?? 'prod';
  return {
    name,
    arn: `arn:aws:eks:${REGION}:${ACCOUNT}:cluster/${name}`,
    status: 'ACTIVE',
    issuer: `https://${ISSUER}`,
    addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }],
    podIdentityAssociations: [],
    accessEntries: [],
    nodegroups: [],
    fargateProfiles: [],
    ...more,
  };
}

export function role(trust: string | readonly Statement[], more: Partial<Role> = {}): Role {
  return {
    arn: `arn:aws:iam::${ACCOUNT}:role/app`,
    trustPolicy: typeof trust === 'string' ? trust : doc(...trust),
    attachedPolicies: [],
    inlinePolicies: [],
    ...more,
  };
}

export function oidc(issuer = ISSUER, more: Partial<OidcProvider> = {}): OidcProvider {
  return { arn: provider(issuer), url: issuer, clientIds: [STS], ...more };
}

export function account(
  clusters: readonly Cluster[],
  roles: readonly Role[],
  more: Partial<Account> = {},
): Account {
  return {
    id: ACCOUNT,
    partition: 'aws',
    roles: [...roles],
    policies: [],
    users: [],
    oidcProviders: [oidc()],
    regions: [{ name: REGION, clusters: [...clusters] }],
    ...more,
  };
}

export function estate(accounts: readonly Account[], more: Partial<Snapshot> = {}): Estate {
  return buildEstate({
    schemaVersion: 1,
    takenAt: '2026-11-22T00:00:00Z',
    accounts: [...accounts],
    coverage: [],
    ...more,
  });
}
