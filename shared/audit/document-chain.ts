import { buildEstate } from '../estate/build-estate.ts';
import type { Estate, RoleView } from '../estate/estate.ts';
import type { Account, Snapshot } from '../estate/snapshot.ts';
import { parseArn } from '../iam/arn.ts';
import { podIdentityRequests } from '../iam/requests.ts';
import { fail, leftOut } from '../identity/checks.ts';
import { type ChainPart, irsaChain } from '../identity/irsa-chain.ts';
import { type Issuer, parseIssuer, parseProviderArn, providerArnFor } from '../identity/issuer.ts';
import { issuerNearMiss } from '../identity/near-issuer.ts';
import { partitionOfRegion } from '../identity/partitions.ts';
import { podIdentityStatement, podIdentityTrust } from '../identity/pod-identity-chain.ts';
import { STS_AUDIENCE } from '../identity/service-account.ts';
import type { Mapping } from './exposure-scope.ts';

/** What is asked of one trust policy. */
export type DocumentQuestion =
  | {
      readonly mechanism: 'irsa';
      /** With or without https://. */
      readonly issuer: string;
      readonly namespace: string;
      readonly serviceAccount: string;
      /** Absent: that of STS. */
      readonly audience?: string;
      /** The role's account. Absent: that of the policy's provider is taken as right. */
      readonly account?: string;
    }
  | {
      readonly mechanism: 'pod-identity';
      readonly clusterArn: string;
      readonly namespace: string;
      readonly serviceAccount: string;
      readonly account?: string;
    };

export interface DocumentChain {
  readonly chain: ChainPart;
  readonly mapping: Mapping;
  /** The smallest estate in which the question can be asked: one cluster, one provider, one role. */
  readonly estate: Estate;
}

/** Puts a trust policy into an estate of its own, in which everything else is right, and follows the chain there. */
export function documentChain(text: string, question: DocumentQuestion): DocumentChain {
  return question.mechanism === 'irsa'
    ? webIdentityDocument(text, question)
    : podIdentityDocument(text, question);
}

const UNKNOWN_ACCOUNT = '000000000000';
const NEVER = '1970-01-01T00:00:00Z';

function webIdentityDocument(
  text: string,
  question: Extract<DocumentQuestion, { mechanism: 'irsa' }>,
): DocumentChain {
  const { namespace, serviceAccount } = question;
  const issuer = parseIssuer(question.issuer);
  const audience = question.audience ?? STS_AUDIENCE;
  const home = homeOf(text, issuer, question.account);
  const region = issuer.eks?.region ?? 'unknown';
  const place = { region, clusterArn: `arn:${home.partition}:eks:${region}:${home.account}:cluster/cluster` };
  const world = worldOf(text, home, place, issuer);
  const chain = irsaChain(
    { ...world, namespace, serviceAccount, audience, documentAlone: true },
    world.estate,
  );
  const open = worldOf(text, home, place, issuer, otherProviders(text, home, issuer));
  return { chain, mapping: { ...open, namespace, serviceAccount }, estate: open.estate };
}

/**
 * Providers of other issuers that the policy names: nothing says that they do not exist, so whom they let in counts
 * against it. Left out are slips of the pen for the issuer that was asked about.
 */
function otherProviders(text: string, { account }: Home, issuer: Issuer): string[] {
  const others = providersIn(text).filter(
    (provider) =>
      provider.account === account &&
      provider.issuer.key !== issuer.key &&
      issuerNearMiss(provider.issuer.key, issuer) === null,
  );
  return [
    ...new Set(others.map(({ partition, issuer: other }) => providerArnFor(partition, account, other.key))),
  ];
}

function podIdentityDocument(
  text: string,
  question: Extract<DocumentQuestion, { mechanism: 'pod-identity' }>,
): DocumentChain {
  const { clusterArn, namespace, serviceAccount } = question;
  const arn = parseArn(clusterArn);
  const account = arn?.account ?? UNKNOWN_ACCOUNT;
  const home = { partition: arn?.partition ?? 'aws', account: question.account ?? account };
  const world = worldOf(text, home, { region: arn?.region ?? 'unknown', clusterArn }, null);
  const i = { clusterArn, account, namespace, serviceAccount, tags: true };
  const trust = podIdentityTrust(
    world.role,
    podIdentityRequests({ ...i, roleArn: world.role.role.arn }),
    podIdentityStatement(i),
  );
  const steps = [
    leftOut('cluster-active', ALONE),
    leftOut('association', ALONE),
    home.account === account
      ? leftOut('association-role', ALONE)
      : fail('association-role', roleElsewhere(home.account, account), 'no-missing-association-role'),
    leftOut('pod-identity-agent', ALONE),
    ...trust.steps,
    leftOut('resource-control-policies', ALONE),
  ];
  return {
    chain: { ...trust, steps },
    mapping: { ...world, namespace, serviceAccount },
    estate: world.estate,
  };
}

/** EKS takes roles of the cluster's account alone (EKS API reference, CreatePodIdentityAssociation). */
function roleElsewhere(account: string, cluster: string): string {
  return `The role is in account ${account}, and an association takes roles of the cluster's account ${cluster} alone.`;
}

const ALONE = 'The document alone is judged.';

interface Home {
  readonly partition: string;
  readonly account: string;
}

/**
 * The role's account and partition: as given; else, for an issuer of EKS, the partition of its region; else as the
 * policy's own provider for the issuer has them, the one that comes nearest first.
 */
function homeOf(text: string, issuer: Issuer, account: string | undefined): Home {
  const providers = providersIn(text);
  const exact = providers.find((provider) => provider.issuer.key === issuer.key);
  const near = providers.find((provider) => issuerNearMiss(provider.issuer.key, issuer) !== null);
  const own = exact ?? near ?? providers[0];
  const region = issuer.eks?.region;
  return {
    partition: region === undefined ? (own?.partition ?? 'aws') : partitionOfRegion(region),
    account: account ?? own?.account ?? UNKNOWN_ACCOUNT,
  };
}

function providersIn(text: string): NonNullable<ReturnType<typeof parseProviderArn>>[] {
  const decoded = text.replace(/%3A/gi, ':').replace(/%2F/gi, '/');
  return [...decoded.matchAll(PROVIDERS)].flatMap(([arn]) => parseProviderArn(arn) ?? []);
}

const PROVIDERS = /arn:[^:"\s]*:iam::\d{12}:oidc-provider\/[^"\s\\]+/g;

interface World {
  readonly estate: Estate;
  readonly cluster: Estate['clusters'][number];
  readonly role: RoleView;
}

function worldOf(
  text: string,
  { partition, account }: Home,
  { region, clusterArn }: { readonly region: string; readonly clusterArn: string },
  oidc: Issuer | null,
  others: readonly string[] = [],
): World {
  const provider =
    oidc === null ? [] : [providerArnFor(partition, account, oidc.key), ...others].map((arn) => ({ arn }));
  const only: Account = {
    id: account,
    partition,
    roles: [{ arn: `arn:${partition}:iam::${account}:role/role`, trustPolicy: text }],
    oidcProviders: provider,
    regions: [
      {
        name: region,
        clusters: [
          {
            name: clusterArn.slice(clusterArn.lastIndexOf('/') + 1),
            arn: clusterArn,
            status: 'ACTIVE',
            ...(oidc === null ? {} : { issuer: `https://${oidc.key}` }),
          },
        ],
      },
    ],
  };
  const snapshot: Snapshot = { schemaVersion: 1, takenAt: NEVER, accounts: [only], coverage: [] };
  const estate = buildEstate(snapshot);
  const [cluster] = estate.clusters;
  const [role] = estate.roles;
  if (cluster === undefined || role === undefined)
    throw new TypeError('An estate of one cluster and one role has both.');
  return { estate, cluster, role };
}
