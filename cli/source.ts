import type { KubeConfig } from '@kubernetes/client-node';
import type { ClientOptions } from '../shared/aws/clients.ts';
import type { CollectOptions } from '../shared/aws/collect.ts';
import type { OrganizationFilter } from '../shared/aws/reads/organization-filter.ts';
import type { Config } from '../shared/config/config.ts';
import { buildEstate } from '../shared/estate/build-estate.ts';
import type { Estate } from '../shared/estate/estate.ts';
import { parseSnapshot } from '../shared/estate/parse-snapshot.ts';
import type { Snapshot } from '../shared/estate/snapshot.ts';
import { ACCOUNTS_AT_ONCE, type Bounds } from '../shared/pipeline/pace.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import { sayingFarewell } from './interrupt.ts';
import type { Io } from './io.ts';
import type { SourceOptions } from './options.ts';
import { clusterlessLine, organizationGaps } from './organization-gaps.ts';
import { showProgress } from './progress.ts';
import { resumable } from './resume/resume.ts';

/** The estate that a verb asks about. Throws UsageError for a bad file, the collector's errors for live AWS. */
export async function loadEstate(options: SourceOptions, io: Io, config?: Config): Promise<Estate> {
  return buildEstate(await loadSnapshot(options, io, config));
}

/** The snapshot in `--snapshot`, or a fresh one from AWS. */
async function loadSnapshot(options: SourceOptions, io: Io, config?: Config): Promise<Snapshot> {
  if (options.snapshot === undefined) return collectLive(options, io, config);
  if (options.organization === true)
    throw new UsageError(
      '--organization asks AWS Organizations: use it with podtrust collect, or leave out --snapshot.',
    );
  if (options.creators === true)
    throw new UsageError(
      '--creators asks CloudTrail: use it with podtrust collect, or leave out --snapshot.',
    );
  const snapshot = await readSnapshotFile(options.snapshot, io);
  tellClusterless(snapshot, options, io);
  return snapshot;
}

/** Reads a snapshot's file. Throws UsageError that says what is wrong with it. */
export async function readSnapshotFile(file: string, io: Io): Promise<Snapshot> {
  const parsed = parseSnapshot(await readText(file, 'snapshot', io));
  if ('snapshot' in parsed) return parsed.snapshot;
  throw new UsageError(`snapshot "${file}": ${parsed.error}`);
}

/** Reads AWS with the caller's credentials; the SDK is loaded only here, so that snapshots start fast. Throws UsageError. */
export async function collectLive(options: SourceOptions, io: Io, config?: Config): Promise<Snapshot> {
  const { collect } = await import('../shared/aws/collect.ts');
  const resume = options.organization === true ? resumable(options, io) : undefined;
  const kept: CollectOptions['kept'] =
    resume === undefined
      ? undefined
      : (scope) => {
          if (scope.accounts.length > MANY_ACCOUNTS && options.quiet !== true)
            io.err(tooMany(scope.accounts.length));
          return resume.kept(scope);
        };
  const how = await collecting(options, io, config, kept);
  const progress = showProgress(io, options.quiet === true);
  const read = () => collect(how, progress.update).finally(progress.stop);
  if (resume === undefined) return asWhole(await read(), options);
  const left = (why: string): void => {
    const found = resume.left();
    if (found !== null) io.err(`podtrust: ${why}${found}\n`);
  };
  const snapshot = await sayingFarewell(
    () => {
      progress.stop();
      left('interrupted: ');
    },
    () =>
      read().catch((error: unknown) => {
        left('');
        throw error;
      }),
  );
  await resume.finish();
  tellOrganizationGaps(snapshot, options, io);
  return asWhole(snapshot, options);
}

/** Says what Organizations did not tell, and of which accounts the configuration tells instead. */
export function tellOrganizationGaps(
  { coverage, organization }: Pick<Snapshot, 'coverage' | 'organization'>,
  options: SourceOptions,
  io: Io,
): void {
  const gaps = organizationGaps(coverage);
  if (gaps !== null && options.quiet !== true) io.err(gaps);
  tellClusterless({ organization }, options, io);
}

/** Says which accounts were not read and count as without clusters. */
function tellClusterless(
  { organization }: Pick<Snapshot, 'organization'>,
  { quiet }: SourceOptions,
  io: Io,
): void {
  const line = clusterlessLine(organization?.clusterless ?? []);
  if (line !== null && quiet !== true) io.err(line);
}

/** From so many accounts on it is said that all of them are held in memory. */
const MANY_ACCOUNTS = 2_000;

const tooMany = (accounts: number): string =>
  `podtrust: this holds all ${accounts} accounts in memory, some 0.3 MB for each and more where Kubernetes is read; podtrust audit does not. Choose units with --ou, or give Node.js more (NODE_OPTIONS=--max-old-space-size=8192).\n`;

/** What is read, and how, as the options say. Throws UsageError. */
export async function collecting(
  options: SourceOptions,
  io: Io,
  config: Config | undefined,
  kept: CollectOptions['kept'],
): Promise<CollectOptions> {
  if (options.accessDenied === true && options.sessions === undefined)
    throw new UsageError('--access-denied says what else --sessions looks for: give both.');
  checkOrganizationOptions(options);
  const access = accessOf(options);
  const sessions = await sessionsOf(options, io, access, config);
  const { createClients } = await import('../shared/aws/clients.ts');
  const kubernetes = await kubernetesOf(options, io, access);
  const organization = options.organization === true ? await organizationsClient(access) : undefined;
  return {
    clients: createClients(access),
    ...(options.regions === undefined ? {} : { regions: options.regions }),
    ...(options.accounts === undefined ? {} : { accounts: options.accounts }),
    concurrency: options.concurrency,
    accountsAtOnce: boundsOf(options.accountsAtOnce),
    now: io.now,
    ...(sessions !== undefined && { sessions }),
    ...(kubernetes !== undefined && { kubernetes }),
    ...(organization !== undefined && { organization, filter: filterOf(options, config) }),
    ...(kept !== undefined && { kept }),
    ...(options.creators === true && { creators: { seconds: CREATORS_WITHIN, sleep } }),
  };
}

/** With `--whole-organization`, a snapshot that says so. */
export const asWhole = (snapshot: Snapshot, { wholeOrganization }: SourceOptions): Snapshot =>
  wholeOrganization === true
    ? { ...snapshot, organization: { ...snapshot.organization, complete: true } }
    : snapshot;

/** Throws UsageError for options that only an organization gives a meaning. */
function checkOrganizationOptions(options: SourceOptions): void {
  const { organization, ou, excludeOu, excludeAccount, resume, fresh } = options;
  if (
    organization !== true &&
    [ou, excludeOu, excludeAccount, resume, fresh].some((one) => one !== undefined)
  )
    throw new UsageError(
      '--ou, --exclude-ou, --exclude-account, --resume and --fresh say how --organization is read: give it, or leave them out.',
    );
  if (options.wholeOrganization === true && [ou, excludeOu, excludeAccount].some((one) => one !== undefined))
    throw new UsageError(
      '--whole-organization says that nothing is left out, and --ou, --exclude-ou or --exclude-account leave something out: drop one of them.',
    );
}

function filterOf(
  { ou, excludeOu, excludeAccount }: SourceOptions,
  config: Config | undefined,
): OrganizationFilter {
  return {
    ...(config !== undefined && { clusterless: config.organization.clusterless }),
    ...(ou !== undefined && { units: ou }),
    ...(excludeOu !== undefined && { exceptUnits: excludeOu }),
    ...(excludeAccount !== undefined && { exceptAccounts: excludeAccount }),
  };
}

const boundsOf = (most: number): Bounds => ({ ...ACCOUNTS_AT_ONCE, most });

/** Loaded only where an organization is asked for. */
async function organizationsClient(access: ClientOptions) {
  const { OrganizationsClient } = await import('@aws-sdk/client-organizations');
  const { clientConfigs } = await import('../shared/aws/clients.ts');
  return new OrganizationsClient(clientConfigs(access)(null, null));
}

/** Longest time for looking up creators: one event name in each region with clusters. */
const CREATORS_WITHIN = 60;

/** How AWS is reached, as the options say. */
export function accessOf({ profile, externalId, readRole }: SourceOptions): ClientOptions {
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(externalId === undefined ? {} : { externalId }),
    readRole,
  };
}

/** Reads Kubernetes unless told not to. Throws UsageError for a kubeconfig that cannot be used. */
async function kubernetesOf(
  options: SourceOptions,
  { now }: Io,
  access: ClientOptions,
): Promise<CollectOptions['kubernetes']> {
  if (options.kubernetes === false) {
    if (options.kubeconfig !== undefined || options.context !== undefined)
      throw new UsageError('--no-kubernetes leaves no use for --kubeconfig and --context: drop one of them.');
    return undefined;
  }
  const { kubernetesReader } = await import('../shared/kube/reader.ts');
  const { instanceClients, instanceFacts } = await import('../shared/aws/reads/instances.ts');
  const instances = instanceFacts(instanceClients(access));
  const kubeconfig = await kubeconfigFor(options);
  return kubernetesReader({ now, instances, ...(kubeconfig === null ? {} : { kubeconfig }) });
}

/** The kubeconfig that the options name, null when they name none. Throws UsageError for one that cannot be used. */
export async function kubeconfigFor({
  kubeconfig: file,
  context,
}: SourceOptions): Promise<KubeConfig | null> {
  if (file === undefined && context === undefined) return null;
  const { KubeconfigError, kubeconfigOf } = await import('../shared/kube/connect.ts');
  try {
    return kubeconfigOf({
      ...(file === undefined ? {} : { file }),
      ...(context === undefined ? {} : { context }),
    });
  } catch (error) {
    if (error instanceof KubeconfigError) throw new UsageError(error.message);
    throw error;
  }
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Where sessions are looked for. Throws UsageError when the configuration names no table of a trail. */
async function sessionsOf(
  options: SourceOptions,
  { now }: Io,
  access: ClientOptions,
  config: Config | undefined,
): Promise<CollectOptions['sessions']> {
  const accessDenied = options.accessDenied === true;
  if (options.sessions === undefined) return undefined;
  if (options.sessions === 'sample')
    return { from: 'sample', seconds: options.sessionsWithin ?? 60, sleep, accessDenied };
  const table = config?.evidence.trail;
  if (table === undefined)
    throw new UsageError(
      "--sessions trail asks a table over a trail's log files: name it in evidence.trail of podtrust.config.json.",
    );
  const { athenaClient } = await import('../shared/aws/evidence/trail/athena.ts');
  const { withTrailSessions } = await import('../shared/aws/evidence/trail/trail-sessions.ts');
  const trail = {
    athena: athenaClient(access, table),
    table,
    accessDenied,
    now,
    sleep,
    ...(options.regions !== undefined && { regions: options.regions }),
  };
  return { from: 'trail', read: (accounts, reading) => withTrailSessions(accounts, reading, trail) };
}
