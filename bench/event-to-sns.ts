import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { deploy, HUB } from '../test/e2e/deployment.ts';
import { clientsOf, createProvider, EVERYONE, hubOf, WebIdentityRole } from '../test/e2e/hub.ts';
import { subscribe } from '../test/e2e/inbox.ts';

/** Changes of one role, each of which is told: opened, repaired, opened again, … */
const CHANGES = 30;
/** What a change may take beyond the batch window in 95 of 100 cases. The emulator hands out batches without waiting for it. */
const AIM_SECONDS = 5;

/**
 * Deploys the hub to the emulator and changes the role, each time when the last change was told. Returns the seconds from
 * the IAM call to the message in a queue that is subscribed to the topic, ascending; the functions are warm.
 */
async function measure(): Promise<readonly number[]> {
  const { deployed, close } = await deploy({ batchSeconds: 0 });
  try {
    const { iam, eks } = clientsOf(deployed, deployed.hub);
    const inbox = await subscribe(deployed, 'bench');
    const roleArn = `arn:aws:iam::${HUB}:role/cluster`;
    await eks.send(new CreateClusterCommand({ name: 'bench', roleArn, resourcesVpcConfig: {} }));
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'bench' }));
    const issuer = cluster?.identity?.oidc?.issuer ?? '';
    await createProvider(iam, issuer);
    const role = new WebIdentityRole(iam, HUB, issuer, 'measured');
    await role.create(role.sound);
    await hubOf(deployed).quiet();
    const seconds: number[] = [];
    for (let change = 0; change <= CHANGES; change++) {
      const status = change % 2 === 0 ? 'open' : 'resolved';
      const began = performance.now();
      await role.trust(role.sound, ...(status === 'open' ? [EVERYONE] : []));
      await inbox.next(status, ({ finding }) => finding.role === role.arn && finding.status === status);
      if (change > 0) seconds.push((performance.now() - began) / 1000);
    }
    return seconds.sort((a, b) => a - b);
  } finally {
    await close();
  }
}

/** The smallest value that at least this share of all values does not exceed. */
const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? Number.NaN;

const shown = (seconds: number): string => `${seconds.toFixed(2)} s`;
const seconds = await measure();
const p95 = quantile(seconds, 0.95);
const rows = [
  ['changes, one after the other', String(seconds.length)],
  ['p50', shown(quantile(seconds, 0.5))],
  ['p95', `${shown(p95)} (aim ≤ ${shown(AIM_SECONDS)}: ${p95 <= AIM_SECONDS ? 'met' : 'MISSED'})`],
  ['longest', shown(seconds.at(-1) ?? Number.NaN)],
] as const;
process.stdout.write(
  `IAM call → message of the topic, on ministack, without the batch window\n${rows.map(([name, value]) => `${name.padEnd(30)}${value}\n`).join('')}`,
);
if (p95 > AIM_SECONDS) process.exitCode = 1;
