import { createReadStream } from 'node:fs';
import { join as pathOf } from 'node:path';
import { createInterface } from 'node:readline';
import { collectedSchema } from '../../shared/pipeline/scan/abstract.ts';
import { join } from '../../shared/pipeline/scan/join.ts';

/** The measured process: joins an organization from the abstracts in a folder, read one by one as the scan reads them. */
const [folder = '', accounts = '0'] = process.argv.slice(2);
const FIRST = 200_000_000_000;
const ids = Array.from({ length: Number(accounts) }, (_, index) => String(FIRST + index));
const emptyMegabytes = process.resourceUsage().maxRSS / 1024;
let ties = 0;

/** The one line of a file. */
async function lineOf(file: string): Promise<string> {
  for await (const line of createInterface({ input: createReadStream(file) })) return line;
  throw new Error(`${file} is empty`);
}

const joined = await join({
  accounts: ids,
  collected: async (account) =>
    collectedSchema.parse(JSON.parse(await lineOf(pathOf(folder, `${account}.json`)))),
  keep: async ({ beside }) => {
    ties += beside.length;
  },
  keepIndex: async (index) => void JSON.stringify(index),
});
process.stdout.write(
  JSON.stringify({
    read: joined.read,
    ties,
    emptyMegabytes,
    megabytes: process.resourceUsage().maxRSS / 1024,
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  }),
);
