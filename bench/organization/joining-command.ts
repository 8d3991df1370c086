import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpacked } from '../../cli/resume/kept-file.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { collect } from '../../shared/aws/collect.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { HUB } from './account.ts';

/** The measured process: takes the readings in a folder over, as a run that goes on does, and joins them for an audit. */
const [folder = '', accounts = '0', scope = ''] = process.argv.slice(2);
const FIRST = 200_000_000_000;
const ids = Array.from({ length: Number(accounts) }, (_, index) => String(FIRST + index));
const now = new Date('2026-11-22T12:00:00Z');
const simulation = createSimulation({ now, accounts: [{ id: HUB }] });
const { accessKeyId, secretAccessKey } = simulation.credentials(`arn:aws:iam::${HUB}:role/podtrust`);
Object.assign(process.env, { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
const clients = createClients({ region: 'us-east-1' });
simulation.attach('sts', clients('sts', null, null));
const emptyMegabytes = process.resourceUsage().maxRSS / 1024;
const snapshot = await collect({
  clients,
  accounts: ids,
  ownAccount: false,
  now: () => now,
  kept: async () => ({
    find: async (account) => {
      const kept = unpacked(await readFile(join(folder, `${account}.json.gz`)), { account, scope, now });
      if ('why' in kept) throw new Error(`${account}: ${kept.why}`);
      return kept.reading;
    },
    keep: async () => undefined,
  }),
});
const { roles, clusters } = buildEstate(snapshot);
process.stdout.write(
  JSON.stringify({
    read: snapshot.accounts.length,
    roles: roles.length,
    clusters: clusters.length,
    emptyMegabytes,
    megabytes: process.resourceUsage().maxRSS / 1024,
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  }),
);
