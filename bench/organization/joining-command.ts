import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { heldAccounts, MOST_HELD } from '../../cli/resume/held-accounts.ts';
import { accountIn, unpacked } from '../../cli/resume/kept-file.ts';
import { scratchAt } from '../../cli/resume/scratch.ts';
import { auditParts, BOUNDS } from '../../shared/audit/parts/audit-parts.ts';
import { gathering } from '../../shared/audit/parts/gathered.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { collectApart } from '../../shared/aws/collect.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { HUB } from './account.ts';

/**
 * The measured process: takes the readings in a folder over, as a run of podtrust audit that goes on does, judges them in
 * parts, and goes through what was found.
 */
const [folder = '', accounts = '0', scope = ''] = process.argv.slice(2);
const FIRST = 200_000_000_000;
const ids = Array.from({ length: Number(accounts) }, (_, index) => String(FIRST + index));
const now = new Date('2026-11-22T12:00:00Z');
const simulation = createSimulation({ now, accounts: [{ id: HUB }] });
const { accessKeyId, secretAccessKey } = simulation.credentials(`arn:aws:iam::${HUB}:role/podtrust`);
Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
const clients = createClients({ region: 'us-east-1' });
simulation.attach('sts', clients('sts', null, null));
const fileOf = (account: string): string => join(folder, `${account}.json.gz`);
const emptyMegabytes = process.resourceUsage().maxRSS / 1024;
let heap = 0;
const look = (): void => {
  heap = Math.max(heap, process.memoryUsage().heapUsed);
};

const scratch = scratchAt(() => null);
const held = heldAccounts(
  { isKept: () => true, keptOf: async (account) => accountIn(await readFile(fileOf(account))) },
  scratch,
  MOST_HELD,
);
const all = gathering(undefined);
const { rest } = await collectApart(
  {
    clients,
    accounts: ids,
    ownAccount: false,
    now: () => now,
    kept: async () => ({
      find: async (account) => {
        const kept = unpacked(await readFile(fileOf(account)), { account, scope, now });
        if ('why' in kept) throw new Error(`${account}: ${kept.why}`);
        return kept.reading;
      },
      keep: async () => undefined,
    }),
  },
  () => undefined,
  {
    put: async (account, coverage) => {
      all.add(account, coverage, await held.put(account));
      look();
    },
    get: held.get,
  },
);
const gathered = all.end({ ...rest, organization: { complete: true } }, async (id) => {
  const account = await held.get(id);
  if (account === undefined) throw new Error(`${id} is gone`);
  return account;
});
const joinedMegabytes = process.resourceUsage().maxRSS / 1024;
const joinedSeconds = (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
const { findings, counts } = await auditParts(
  gathered,
  { config: defaultConfig, hash: sha256 },
  scratch.spill,
  BOUNDS,
  look,
);
let found = 0;
for await (const _ of findings()) found += 1;
scratch.remove();
process.stdout.write(
  JSON.stringify({
    read: counts.accounts,
    roles: counts.roles,
    clusters: counts.clusters,
    found,
    emptyMegabytes,
    joinedMegabytes,
    joinedSeconds,
    heapMegabytes: heap / 1024 / 1024,
    megabytes: process.resourceUsage().maxRSS / 1024,
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  }),
);
