import { parseArgs } from 'node:util';
import { installVirtualTime } from './organization/virtual-time.ts';

/**
 * Collects a simulated organization in virtual time. `--accounts N`: so many accounts, 10,000 unless told; `--at-once N`:
 * at most so many at work, 64 unless told.
 */
const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '10000' }, 'at-once': { type: 'string', default: '64' } },
});
// Before the SDK is loaded, which keeps timers.
const time = installVirtualTime(new Date('2026-11-22T12:00:00Z'));
const { measureOrganization } = await import('./organization/measure.ts');
const { organizationRows } = await import('./organization/table.ts');

const result = await measureOrganization(Number(values.accounts), Number(values['at-once']), time);
for (const line of organizationRows(result)) console.log(line);
console.log(JSON.stringify(result));
