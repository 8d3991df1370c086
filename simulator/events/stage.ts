import type { Cluster, Snapshot } from '../../shared/estate/snapshot.ts';
import { providerArnFor } from '../../shared/identity/issuer.ts';
import { scopesOf } from '../../shared/pipeline/scope.ts';
import { issuerOfUrl } from '../../shared/triggers/issuers.ts';
import { readTrigger } from '../../shared/triggers/read-trigger.ts';
import { iamRegion } from '../partitions.ts';

const PARTITION = 'aws';
/** Issuers that policies and parameters name. */
const ISSUER =
  /oidc[.-]eks\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\/id\/[0-9A-Fa-f]{32}/g;
const MOST = 200;

interface Place {
  readonly account: string;
  readonly region: string;
}

interface Named {
  readonly clusters: Map<string, Place & { name: string }>;
  readonly issuers: Map<string, Place>;
}

/**
 * The accounts that a list of events plays in, as they may have been before: the clusters that the events name, active,
 * with an issuer and its provider where the events name one.
 */
export function stageFor(events: readonly unknown[], takenAt: string): Snapshot {
  const accounts = new Map<string, Named>();
  const named = (account: string): Named => {
    const known = accounts.get(account) ?? { clusters: new Map(), issuers: new Map() };
    if (accounts.size < MOST) accounts.set(account, known);
    return known;
  };
  for (const event of events) {
    const reading = readTrigger(event);
    if (reading.outcome !== 'trigger') continue;
    const { trigger } = reading;
    const known = named(trigger.account);
    for (const { account } of scopesOf(trigger)) named(account);
    if ('clusterName' in trigger && trigger.clusterName !== undefined) {
      const place = { account: trigger.account, region: trigger.region, name: trigger.clusterName };
      known.clusters.set(`${place.region}/${place.name}`, place);
    }
    for (const [url, region = ''] of JSON.stringify(event).slice(0, 200_000).matchAll(ISSUER)) {
      const issuer = issuerOfUrl(`https://${url}`);
      if (issuer !== undefined && known.issuers.size < MOST)
        known.issuers.set(issuer, { account: trigger.account, region });
    }
  }
  return {
    schemaVersion: 1,
    takenAt,
    accounts: [...accounts].map(([id, { clusters, issuers }]) => ({
      id,
      partition: PARTITION,
      roles: [],
      policies: [],
      users: [],
      oidcProviders: [...issuers.keys()].map((issuer) => ({
        arn: providerArnFor(PARTITION, id, issuer),
        url: issuer,
        clientIds: ['sts.amazonaws.com'],
      })),
      trails: [
        {
          arn: `arn:${PARTITION}:cloudtrail:${iamRegion(PARTITION)}:${id}:trail/all`,
          homeRegion: iamRegion(PARTITION),
          multiRegion: true,
          logging: true,
          managementEvents: 'all' as const,
        },
      ],
      regions: regionsOf(id, [...clusters.values()], issuers),
    })),
    coverage: [],
  };
}

/** Each issuer belongs to a cluster of its region: to one that the events name, as long as there are such. */
function regionsOf(
  account: string,
  named: readonly (Place & { name: string })[],
  issuers: ReadonlyMap<string, Place>,
) {
  const names = new Set([...named, ...issuers.values()].map(({ region }) => region));
  names.add(iamRegion(PARTITION));
  return [...names].sort().map((region) => {
    const free = named.filter((place) => place.region === region).map(({ name }) => name);
    const here = [...issuers].filter(([, place]) => place.region === region).map(([issuer]) => issuer);
    const clusters = here.map((issuer, at) =>
      clusterOf(account, region, free.shift() ?? `cluster-${at + 1}`, issuer),
    );
    return {
      name: region,
      clusters: [...clusters, ...free.map((name) => clusterOf(account, region, name, undefined))],
    };
  });
}

function clusterOf(account: string, region: string, name: string, issuer: string | undefined): Cluster {
  return {
    name,
    arn: `arn:${PARTITION}:eks:${region}:${account}:cluster/${name}`,
    status: 'ACTIVE',
    ...(issuer !== undefined && { issuer: `https://${issuer}` }),
    authenticationMode: 'API',
    logging: ['audit', 'authenticator'],
    addons: [],
    podIdentityAssociations: [],
    accessEntries: [],
    identityProviderConfigs: [],
    nodegroups: [],
    fargateProfiles: [],
    capabilities: [],
  };
}
