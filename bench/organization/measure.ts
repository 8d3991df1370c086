import type { ClientKind, Clients } from '../../shared/aws/clients.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { collectEach } from '../../shared/aws/collect-each.ts';
import { addAccount } from '../../simulator/load.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { minimumRequests } from '../minimum-requests.ts';
import { accountOf, HUB, READ_ROLE } from './account.ts';
import { type AccountKind, holdingsOf, planOf, REGIONS } from './distribution.ts';
import { LIMITS, limitOf } from './limits.ts';
import { minimumOfOrganization, organizationsClient } from './organizations.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What one collection of the organization took. */
export interface OrganizationResult {
  readonly accounts: number;
  readonly regions: number;
  readonly clusters: number;
  readonly roles: number;
  /** Calls, each attempt counted; the fewest that the APIs allow. */
  readonly calls: number;
  readonly minimum: number;
  readonly throttled: number;
  readonly gaps: number;
  /** Seconds of simulated time, and of this process's. */
  readonly virtualSeconds: number;
  readonly cpuSeconds: number;
  readonly mostAtWork: number;
  readonly callsByService: Readonly<Record<string, number>>;
  readonly kinds: readonly {
    readonly kind: string;
    readonly accounts: number;
    readonly calls: number;
    readonly minimum: number;
  }[];
}

interface Kind {
  accounts: number;
  calls: number;
  minimum: number;
}

/** Collects the organization with the real collector and the SDK's clients; only the wire and the clock are simulated. */
export async function measureOrganization(
  accounts: number,
  atOnce: number,
  time: VirtualTime,
): Promise<OrganizationResult> {
  const simulation = createSimulation({
    now: new Date(time.now()),
    accounts: [{ id: HUB, regions: REGIONS }],
  });
  for (const { action, rate } of LIMITS.toReversed())
    simulation.faults.on(action, { kind: 'throttled', beyond: rate });
  const { accessKeyId, secretAccessKey } = simulation.credentials(`arn:aws:iam::${HUB}:role/podtrust`);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
  const callsByService: Record<string, number> = {};
  const callsOf = new Map<string, number>();
  let calls = 0;
  const count = (action: string, account: string): void => {
    calls += 1;
    const service = action.slice(0, action.indexOf(':'));
    callsByService[service] = (callsByService[service] ?? 0) + 1;
    callsOf.set(account, (callsOf.get(account) ?? 0) + 1);
  };
  let throttled = 0;
  const { strike } = simulation.faults;
  Object.assign(simulation.faults, {
    strike: (target: Parameters<typeof strike>[0]) => {
      const fault = strike(target);
      if (fault !== null) throttled += 1;
      return fault;
    },
  });
  const sums = { clusters: 0, roles: 0, gaps: 0, mostAtWork: 0, minimum: 0 };
  const kinds = new Map<AccountKind, Kind>();
  let ended = 0;
  const started = time.now();
  const cpu = process.cpuUsage();
  const { coverage } = await time.run(
    () =>
      collectEach(
        {
          clients: simulated(createClients({ readRole: READ_ROLE }), simulation, time, count),
          organization: organizationsClient(accounts, time, (action) => count(action, HUB)),
          accountsAtOnce: { start: 4, least: 2, most: atOnce },
          now: () => new Date(),
        },
        ({ accounts: at }) => {
          sums.mostAtWork = Math.max(sums.mostAtWork, at?.atWork ?? 0);
        },
        ({ account, coverage: gaps }) => {
          sums.gaps += gaps.length;
          if (account.id === HUB) return;
          const plan = planOf(Number(account.id) - FIRST);
          const minimum = minimumRequests(holdingsOf(plan)) + 1;
          const kind = kinds.get(plan.kind) ?? { accounts: 0, calls: 0, minimum: 0 };
          kinds.set(plan.kind, kind);
          kind.accounts += 1;
          // Entering it is a call of the hub.
          kind.calls += (callsOf.get(account.id) ?? 0) + 1;
          kind.minimum += minimum;
          sums.minimum += minimum;
          sums.roles += account.roles?.length ?? 0;
          sums.clusters += plan.clusters.length;
          callsOf.delete(account.id);
          simulation.close(account.id);
          ended += 1;
          if (ended % 1000 === 0) console.error(`${ended} of ${accounts} accounts`);
        },
      ),
    (now) => simulation.clock.advance((now - simulation.clock.now().getTime()) / 1000),
  );
  const { user, system } = process.cpuUsage(cpu);
  const hub = minimumRequests({ ...holdingsOf({ ...planOf(0), roles: 0, clusters: [] }), trails: 0 });
  const { minimum, ...rest } = sums;
  return {
    accounts,
    regions: REGIONS.length,
    ...rest,
    gaps: sums.gaps + coverage.length,
    calls,
    minimum: minimum + hub + minimumOfOrganization(accounts),
    throttled,
    virtualSeconds: (time.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    callsByService,
    kinds: [...kinds].map(([{ name }, kind]) => ({ kind: name, ...kind })),
  };
}

const FIRST = Number(planOf(0).id);

/** Clients as in production, with the wire cut: an account is there from when its role is entered. */
function simulated(
  clients: Clients,
  simulation: ReturnType<typeof createSimulation>,
  time: VirtualTime,
  count: (action: string, account: string) => void,
): Clients {
  const known = new WeakSet<object>();
  const attached: Clients = (kind, account, region) => {
    const client = clients(kind, account, region);
    if (known.has(client)) return client;
    known.add(client);
    simulation.attach(kind, client);
    delay(client, kind, async (action, input) => {
      count(action, account ?? HUB);
      const entered = /::(\d{12}):role/.exec('RoleArn' in input ? String(input.RoleArn) : '')?.[1];
      if (entered !== undefined && !simulation.world.accounts.has(entered))
        addAccount(simulation, accountOf(planOf(Number(entered) - FIRST)));
      await time.sleep(limitOf(action).latency);
    });
    return client;
  };
  const { forget } = clients;
  return forget === undefined ? attached : Object.assign(attached, { forget });
}

/** Before each attempt is answered. */
function delay(
  client: { readonly middlewareStack: { add(middleware: never, options: never): void } },
  kind: ClientKind,
  before: (action: string, input: object) => Promise<void>,
): void {
  const middleware =
    (
      next: (args: { readonly input: object }) => Promise<object>,
      { commandName = '' }: { commandName?: string },
    ) =>
    async (args: { readonly input: object }) => {
      await before(`${kind}:${commandName.replace(/Command$/, '')}`, args.input);
      return next(args);
    };
  client.middlewareStack.add(
    middleware as never,
    { step: 'finalizeRequest', priority: 'low', name: 'delay' } as never,
  );
}
