import { audit } from '../../shared/audit/audit.ts';
import type { Enter, WorldOptions } from '../../shared/aws/changes/world.ts';
import type { ClientOptions } from '../../shared/aws/clients.ts';
import type { ClusterRefusal } from '../../shared/changes/guards/cluster-writes.ts';
import type { Config } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { memoryEvidence } from '../../shared/evidence/memory-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { type ApplyPorts, patienceOf } from '../../shared/pipeline/repair/apply.ts';
import type { VerifyPorts } from '../../shared/pipeline/repair/verify.ts';
import type { Io } from '../io.ts';
import type { SourceOptions } from '../options.ts';
import { plain } from '../output/plain.ts';
import { collectLive, kubeconfigFor } from '../source.ts';
import { loadWaivers } from '../waivers.ts';
import { repairClaims } from './claims.ts';
import { findingStatusOf, type StatusPorts } from './finding-status.ts';
import { snapshotClaim } from './plan-argument.ts';
import type { OpenStore } from './store.ts';

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** How long add-ons and clusters are waited for. */
const UNDER_WAY_SECONDS = 1200;

interface LiveOptions extends SourceOptions {
  readonly waivers?: string;
  readonly annotate?: boolean;
}

/**
 * What applying and verifying take, on live AWS with the caller's credentials: the caller's account by the caller's own,
 * others through their write role.
 */
export async function livePorts(
  digest: string,
  { store, records }: OpenStore,
  config: Config,
  options: LiveOptions,
  io: Io,
  own: string,
): Promise<ApplyPorts & VerifyPorts> {
  const claims = repairClaims(records);
  const collect = (how: LiveOptions) => collectLive(how, io, config);
  const first = await firstSnapshot(digest, claims, () => collect(options));
  const statusOf = findingStatusOf(digest, {
    ...first,
    store,
    collect: () => collect({ ...options, quiet: true }),
    statuses: (snapshot) => statusesOf(snapshot, config, options, io),
  });
  const enter = await entering(config, options, own);
  const { worldOf } = await import('../../shared/aws/changes/world.ts');
  const { liveTags } = await import('../../shared/aws/repairs/live-tags.ts');
  const writing = {
    patience: patienceOf(UNDER_WAY_SECONDS, sleep),
    annotates: options.annotate === true,
    ...(await kubernetesWrites(options, io)),
  };
  return {
    store,
    config,
    claims,
    sleep,
    hash: sha256,
    now: io.now,
    guards: {
      fixes: config.fixes,
      breakGlass: config.access.breakGlass,
      ownRoles: [config.deployment.readRole.name, ...(config.fixes ? [config.fixes.writeRole] : [])],
      findingStatus: async (_account, fingerprint) => statusOf(fingerprint),
      tagsOf: liveTags(enter),
      clusterRefusal: refusalOf(options),
      now: io.now,
    },
    world: (plan) => worldOf({ plan, enter, hash: sha256, ...writing }),
    collector: { read: async () => collect({ ...options, quiet: true }) },
    observed: { store: memoryEvidence(), keepsSessions: () => false, keepsAccessDenied: () => false },
    topic: { publish: async ({ subject }) => void io.err(`podtrust: ${plain(subject)}\n`) },
    telemetry: { count: () => undefined, note: () => undefined },
  };
}

/** The estate before anything was written: kept, so that a run that goes on after a crash compares with it. */
async function firstSnapshot(
  digest: string,
  claims: VerifyPorts['claims'],
  collect: () => Promise<Snapshot>,
): Promise<Pick<StatusPorts, 'before' | 'isFresh'>> {
  const { readSnapshot } = await import('../../shared/pipeline/read-claims.ts');
  const known = await readSnapshot(claims, snapshotClaim(digest)).catch(() => null);
  if (known !== null) return { before: known, isFresh: false };
  const before = await collect();
  await claims.put(snapshotClaim(digest), JSON.stringify(before));
  return { before, isFresh: true };
}

async function statusesOf(snapshot: Snapshot, config: Config, options: LiveOptions, io: Io) {
  const accepted = await loadWaivers(options.waivers, config, io);
  const { findings } = audit(buildEstate(snapshot), { config, hash: sha256, accepted });
  return new Map(findings.map(({ fingerprint, status }) => [fingerprint, status]));
}

/** Whoever types the command asks for what is in the plan; for annotations, which their owners put back, by an option. */
function refusalOf({ kubernetes, annotate }: LiveOptions): ClusterRefusal {
  return ({ kind, target: { cluster } }) => {
    if (kubernetes === false) return `--no-kubernetes keeps out of cluster ${cluster}`;
    if (kind === 'aws-auth' || annotate === true) return null;
    return 'annotations of ServiceAccounts are written only on request: add --annotate, or set it in its chart or manifest';
  };
}

/** Clusters are written as they are read: with the same credentials or kubeconfig, or not at all. */
async function kubernetesWrites(
  options: LiveOptions,
  { now }: Io,
): Promise<Pick<WorldOptions, 'kubernetes'>> {
  if (options.kubernetes === false) return {};
  const { clusterObjectsOf } = await import('../../shared/kube/changes/cluster-objects.ts');
  const kubeconfig = await kubeconfigFor(options);
  return { kubernetes: clusterObjectsOf({ now, ...(kubeconfig !== null && { kubeconfig }) }) };
}

async function entering(config: Config, options: LiveOptions, own: string): Promise<Enter> {
  const { asCaller, throughWriteRole } = await import('../../shared/aws/changes/enter.ts');
  const { clientConfigs, createClients } = await import('../../shared/aws/clients.ts');
  const access: ClientOptions = options.profile === undefined ? {} : { profile: options.profile };
  const clients = createClients(access);
  const configure = clientConfigs(access);
  const sts = () => clients('sts', null, null);
  const asSelf = asCaller(clients, own);
  const asRole = throughWriteRole(
    {
      name: config.fixes?.writeRole ?? '',
      session: 'podtrust-fix',
      ...(options.externalId !== undefined && { externalId: options.externalId }),
    },
    { configure: (region) => configure(null, region), sts, region: async () => sts().config.region() },
  );
  return (account, policy) => (account === own ? asSelf(account, policy) : asRole(account, policy));
}
