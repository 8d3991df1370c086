import { AccountClient } from '@aws-sdk/client-account';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { assumedRole } from '../shared/aws/assume-role.ts';
import { type ClientKind, type ClientOf, type Clients, cached } from '../shared/aws/clients.ts';
import { accountService } from './account/service.ts';
import { type Attachable, attach, createAnswer } from './attach.ts';
import { type Presentation, registerCaller } from './callers.ts';
import { type Clock, createClock } from './clock.ts';
import { cloudtrailService } from './cloudtrail/service.ts';
import { eksService } from './eks/service.ts';
import { createFaults, type Faults } from './faults.ts';
import { iamService } from './iam/service.ts';
import { createIds } from './ids.ts';
import type { Settings, World } from './operation.ts';
import { iamRegion } from './partitions.ts';
import type { CloudTrailRecord } from './records/record.ts';
import { createReplica } from './replica.ts';
import type { Service } from './service.ts';
import type { AccountState, IamState } from './state.ts';
import { stsService } from './sts/service.ts';

export interface AccountSetup {
  readonly id: string;
  readonly name?: string;
  /** `aws` unless given. */
  readonly partition?: string;
  /** Enabled regions; the partition's IAM region is always one. */
  readonly regions?: readonly string[];
  readonly quotas?: Partial<AccountState['quotas']>;
}

export interface SimulationOptions extends Partial<Settings> {
  /** Time at which the clock stands. */
  readonly now: Date | string;
  readonly accounts: readonly AccountSetup[];
  /** Seed of the ids. */
  readonly seed?: number;
}

interface ClientsSetup extends Presentation {
  /** Account of the caller; the first one unless given. */
  readonly account?: string;
  /** ARN of the caller; a role `podtrust` of that account unless given. */
  readonly principal?: string;
  readonly region?: string;
  /**
   * Role to assume in other accounts, really: it must exist there and trust the caller. Without it the caller appears in
   * each account as a role `podtrust-read` of its own.
   */
  readonly readRole?: string;
  /** Attempts of one call; 3 as in the SDK unless given. */
  readonly maxAttempts?: number;
}

/** A simulated organization. */
export interface Simulation {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly world: World;
  /** The factory of clients that collection takes, answered by this simulation. */
  readonly clients: (setup?: ClientsSetup) => Clients;
  /** Clients that act as a principal of an account. Throws UnknownPrincipalError. */
  readonly as: (account: string, principalArn: string, how?: Presentation) => Clients;
  /** Lets an SDK client that somebody else made be answered here; its credentials say who it is. */
  readonly attach: <K extends ClientKind>(kind: K, client: ClientOf[K] & Attachable) => ClientOf[K];
  /** Adds an empty account to the organization. */
  readonly open: (setup: AccountSetup) => AccountState;
  /** Takes an account out of it, with everything in it: nobody gets an answer there any more. */
  readonly close: (id: string) => void;
  /** Dummy credentials of a principal, for clients of one's own. */
  readonly credentials: (
    principalArn: string,
    how?: Presentation,
  ) => { accessKeyId: string; secretAccessKey: string };
  /** Subscribes to the CloudTrail records of writes and sessions; the returned function ends that. */
  readonly onRecord: (subscriber: (record: CloudTrailRecord) => void) => () => void;
}

const SERVICES: { readonly [K in ClientKind]: Service } = {
  account: accountService,
  cloudtrail: cloudtrailService,
  eks: eksService,
  iam: iamService,
  sts: stsService,
};

const MAKE: { readonly [K in ClientKind]: (config: object) => ClientOf[K] } = {
  account: (config) => new AccountClient(config),
  cloudtrail: (config) => new CloudTrailClient(config),
  eks: (config) => new EKSClient(config),
  iam: (config) => new IAMClient(config),
  sts: (config) => new STSClient(config),
};

/** Source of the quotas: IAM user guide, "IAM and AWS STS quotas", defaults. */
const QUOTAS: AccountState['quotas'] = { trustPolicyLength: 2048, oidcProviders: 100, roles: 1000 };

/** Makes an organization of empty accounts. Nothing in it touches the network, a clock or randomness. */
export function createSimulation(options: SimulationOptions): Simulation {
  const subscribers = new Set<(record: CloudTrailRecord) => void>();
  const accounts = new Map<string, AccountState>();
  const world = createWorld(options, accounts, (record) => {
    for (const subscriber of subscribers) subscriber(record);
  });
  const faults = createFaults(world.clock);
  const answer = createAnswer(world, faults);
  const make = <K extends ClientKind>(kind: K, config: object): ClientOf[K] =>
    attach(MAKE[kind](config), SERVICES[kind], answer);
  const simulation: Simulation = {
    clock: world.clock,
    faults,
    world,
    clients: (setup = {}) => createClients(world, make, setup),
    as: (account, principalArn, how = {}) =>
      createClients(world, make, { account, principal: principalArn, ...how }),
    attach: (kind, client) => attach(client, SERVICES[kind], answer),
    open: (setup) => {
      const account = emptyAccount(setup, world.clock, world.settings);
      accounts.set(setup.id, account);
      return account;
    },
    close: (id) => {
      accounts.delete(id);
      for (const [key, { account }] of world.sessions) if (account === id) world.sessions.delete(key);
    },
    credentials: (principalArn, how) => credentialsOf(registerCaller(world, principalArn, how).accessKeyId),
    onRecord: (subscriber) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
  };
  return simulation;
}

const credentialsOf = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: 'simulated' });

function createWorld(
  options: SimulationOptions,
  accounts: Map<string, AccountState>,
  publish: (record: CloudTrailRecord) => void,
): World {
  const clock = createClock(options.now);
  const settings: Settings = {
    delaySeconds: options.delaySeconds ?? 0,
    pageSize: options.pageSize ?? 1000,
    clusterCreationSeconds: options.clusterCreationSeconds ?? 600,
    updateSeconds: options.updateSeconds ?? 30,
    detailsHaveBoundaries: options.detailsHaveBoundaries ?? true,
  };
  for (const setup of options.accounts) accounts.set(setup.id, emptyAccount(setup, clock, settings));
  return {
    clock,
    accounts,
    settings,
    ids: createIds(options.seed),
    sessions: new Map(),
    ended: new Set(),
    answered: new Map(),
    emit: (record) => {
      accounts.get(record.recipientAccountId)?.regions.get(record.awsRegion)?.records.push(record);
      publish(record);
    },
  };
}

function emptyAccount(setup: AccountSetup, clock: Clock, settings: Settings): AccountState {
  const partition = setup.partition ?? 'aws';
  const iam: IamState = { roles: new Map(), users: new Map(), policies: new Map(), providers: new Map() };
  const names = new Set([iamRegion(partition), ...(setup.regions ?? [])]);
  return {
    id: setup.id,
    name: setup.name ?? '',
    partition,
    iam: createReplica(iam, clock, settings.delaySeconds),
    trails: [],
    regions: new Map([...names].sort().map((name) => [name, { name, clusters: new Map(), records: [] }])),
    quotas: { ...QUOTAS, ...setup.quotas },
  };
}

/** Credentials got once: they end by the simulated clock, which the SDK does not know. */
function kept<C extends { readonly expiration: Date }>(
  get: () => Promise<C>,
): () => Promise<Omit<C, 'expiration'>> {
  let known: Omit<C, 'expiration'> | undefined;
  return async () => {
    if (known === undefined) {
      const { expiration: _, ...credentials } = await get();
      known = credentials;
    }
    return known;
  };
}

type Make = <K extends ClientKind>(kind: K, config: object) => ClientOf[K];

function createClients(world: World, make: Make, setup: ClientsSetup): Clients {
  const home = world.accounts.get(setup.account ?? '') ?? [...world.accounts.values()][0];
  if (home === undefined) throw new Error('The simulated organization has no account.');
  const principal = setup.principal ?? `arn:${home.partition}:iam::${home.id}:role/podtrust`;
  const own = credentialsOf(registerCaller(world, principal, setup).accessKeyId);
  const region = setup.region ?? [...home.regions.keys()][0] ?? 'us-east-1';
  const elsewhere = new Map<string, object>();
  const credentialsFor = (account: string | null): object => {
    if (account === null) return own;
    const known = elsewhere.get(account) ?? foreignCredentials(account);
    elsewhere.set(account, known);
    return known;
  };
  const foreignCredentials = (account: string): object => {
    if (setup.readRole !== undefined) {
      const sts = () => clients('sts', null, null);
      return kept(assumedRole({ account, role: setup.readRole, region: async () => region, sts }));
    }
    const partition = world.accounts.get(account)?.partition ?? home.partition;
    const arn = `arn:${partition}:iam::${account}:role/podtrust-read`;
    return credentialsOf(registerCaller(world, arn, setup).accessKeyId);
  };
  const clients = cached((kind, account, where) =>
    make(kind, {
      region: where ?? region,
      credentials: credentialsFor(account),
      maxAttempts: setup.maxAttempts ?? 3,
    }),
  );
  return clients;
}
