import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { audit } from '../../shared/audit/audit.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { collect } from '../../shared/aws/collect.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { recorded } from './recorded-clients.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** The measured process: reads AWS as the environment says, then audits. Arguments: where to write requests and snapshot. */
const [requestsFile, snapshotFile] = process.argv.slice(2);
const requests: RecordedRequest[] = [];
const start = performance.now();
const snapshot = await collect({
  clients: recorded(createClients(), (request) => requests.push(request)),
  now: () => new Date(),
});
const collected = performance.now();
const collectingMegabytes = process.resourceUsage().maxRSS / 1024;
const { findings } = audit(buildEstate(snapshot), {
  config: defaultConfig,
  hash: (text) => createHash('sha256').update(text).digest('hex'),
});
const audited = performance.now();
process.stdout.write(
  JSON.stringify({
    milliseconds: audited - start,
    collectingMilliseconds: collected - start,
    collectingMegabytes,
    findings: findings.length,
    requests: requests.length,
    megabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
if (requestsFile) writeFileSync(requestsFile, JSON.stringify(requests));
if (snapshotFile) writeFileSync(snapshotFile, writeSnapshot(snapshot));
