import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { createFaults } from '../../simulator/faults.ts';
import { HUB } from './account.ts';
import { idOf } from './distribution.ts';
import { limitOf } from './limits.ts';
import type { VirtualTime } from './virtual-time.ts';

const ROOT = 'r-ab12';
const UNITS = 100;
/** Organizations API reference, MaxResults: 20 at most. */
const PAGE = 20;

const unitOf = (index: number): string => `ou-ab12-${String(index % UNITS).padStart(8, '0')}`;

/** A real client of AWS Organizations whose answers come from here: one root, a hundred units with the accounts in turn. */
export function organizationsClient(
  accounts: number,
  time: VirtualTime,
  count: (action: string) => void,
): OrganizationsClient {
  const client = new OrganizationsClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    retryMode: 'adaptive',
    maxAttempts: 6,
  });
  const { rate, latency } = limitOf('organizations:*');
  const faults = createFaults({ now: () => new Date(time.now()) });
  faults.on('*', { kind: 'throttled', beyond: rate });
  const ids = [HUB, ...Array.from({ length: accounts }, (_, index) => idOf(index))];
  const answers = answersOf(ids);
  const middleware =
    (_next: unknown, { commandName = '' }: { readonly commandName?: string }) =>
    async ({ input }: { readonly input: Asked }) => {
      const operation = commandName.replace(/Command$/, '');
      const action = `organizations:${operation}`;
      count(action);
      await time.sleep(latency);
      if (faults.strike({ action, account: HUB, region: 'us-east-1', input }) !== null)
        throw Object.assign(new Error('Rate exceeded'), {
          name: 'TooManyRequestsException',
          $fault: 'client',
          $metadata: { httpStatusCode: 400 },
        });
      const output = answers[operation]?.(input) ?? {};
      return { output: { ...output, $metadata: { httpStatusCode: 200 } }, response: {} };
    };
  client.middlewareStack.add(
    middleware as never,
    { step: 'deserialize', priority: 'high', name: 'organization' } as never,
  );
  return client;
}

interface Asked {
  readonly NextToken?: string;
  readonly ParentId?: string;
}

function answersOf(ids: readonly string[]): Readonly<Record<string, (asked: Asked) => object>> {
  const units = Array.from({ length: UNITS }, (_, index) => ({ Id: unitOf(index) }));
  const inUnit = new Map(units.map(({ Id }, index) => [Id, ids.filter((_, at) => at % UNITS === index)]));
  const page = (all: readonly object[], key: string, { NextToken }: Asked): object => {
    const start = Number(NextToken ?? 0);
    const end = start + PAGE;
    return { [key]: all.slice(start, end), ...(end < all.length && { NextToken: String(end) }) };
  };
  const described = (some: readonly string[]) => some.map((Id) => ({ Id, State: 'ACTIVE' }));
  return {
    ListAccounts: (asked) => page(described(ids), 'Accounts', asked),
    DescribeOrganization: () => ({ Organization: { Id: 'o-a1b2c3d4e5', MasterAccountId: HUB } }),
    ListRoots: () => ({ Roots: [{ Id: ROOT, PolicyTypes: [] }] }),
    ListOrganizationalUnitsForParent: (asked) =>
      page(asked.ParentId === ROOT ? units : [], 'OrganizationalUnits', asked),
    ListAccountsForParent: (asked) =>
      page(described(inUnit.get(asked.ParentId ?? '') ?? []), 'Accounts', asked),
  };
}

const pages = (things: number): number => Math.max(1, Math.ceil(things / PAGE));

/** The fewest requests that tell the accounts of this organization and the tree above them. */
export function minimumOfOrganization(accounts: number): number {
  const all = accounts + 1;
  const inUnits = Array.from({ length: UNITS }, (_, index) => Math.ceil((all - index) / UNITS));
  return (
    pages(all) + // ListAccounts
    2 + // DescribeOrganization, ListRoots
    (pages(UNITS) + UNITS) + // units of the root and of each unit
    (1 + inUnits.reduce((sum, count) => sum + pages(Math.max(0, count)), 0)) // accounts of each
  );
}
