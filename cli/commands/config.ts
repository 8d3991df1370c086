import type { Command } from 'commander';
import * as z from 'zod';
import { checkConfig } from '../../shared/config/check-config.ts';
import { type Config, configSchema } from '../../shared/config/config.ts';
import { EXIT } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { json } from '../output/json.ts';
import { plain } from '../output/plain.ts';
import type { Cli } from '../program.ts';

const DEFAULT_FILE = 'podtrust.config.json';

/** `podtrust config check|schema`: the configuration file before it is used. */
export function addConfig(program: Command, cli: Cli): void {
  const config = program
    .command('config')
    .description('check podtrust.config.json, or print what it may hold')
    .addHelpText('after', EXAMPLES);
  config
    .command('check')
    .description('say what is wrong with a configuration file and where, or what it asks for')
    .argument('[file]', 'the file', DEFAULT_FILE)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string) => {
      const checked = checkConfig(await readText(file, 'configuration', cli.io));
      if ('config' in checked) {
        cli.io.out(`${plain(file)} is valid.\n\n${summary(checked.config)}`);
        return cli.exit(EXIT.ok);
      }
      for (const { line, column, path, message } of checked.problems)
        cli.io.err(`${plain(file)}:${line}:${column}: ${plain(path)}: ${plain(message)}\n`);
      return cli.exit(EXIT.usage);
    });
  config
    .command('schema')
    .description('print the JSON Schema of the file, for editors')
    .addHelpText('after', EXAMPLES)
    .action(() => {
      cli.io.out(json({ title: DEFAULT_FILE, ...z.toJSONSchema(configSchema, { io: 'input' }) }));
    });
}

/** What the file asks for, in words. */
function summary({ bindings, expectations, evidence, fixes, deployment }: Config): string {
  const { members, notifications, sessions, alarms } = deployment;
  const rows: [string, string][] = [
    ['Bindings', bindings === undefined ? 'none declared: nothing is compared' : `${bindings.length}`],
    ['Expectations', `${expectations.length}`],
    [
      "A trail's log files",
      evidence.trail === undefined ? 'no table named' : `${evidence.trail.database}.${evidence.trail.table}`,
    ],
    ['Fixes', fixes === undefined ? 'none: nothing is ever written' : fixesOf(fixes)],
    ['Home region', deployment.region ?? 'that of the credentials'],
    ['Events from', membersOf(members)],
    ['Extra sources', listed(deployment.extraSources)],
    [
      'Read role',
      `${deployment.readRole.name}${deployment.readRole.externalId ? ', with an external id' : ''}`,
    ],
    ['Kubernetes of', clustersOf(deployment.kubernetes)],
    ['Refused sessions', sessions.failed ? 'followed' : 'not followed'],
    ['Given sessions', listed(sessions.successful)],
    ['Refused calls', refusedCallsOf(sessions.accessDenied)],
    [
      'Messages to',
      `an SNS topic${notifications.fifo ? ' (FIFO)' : ''}; ${notifications.email.length} email addresses`,
    ],
    ['Chat', notifications.chat ? 'a topic of its own' : 'no'],
    ['Security Hub', notifications.securityHub ? 'yes' : 'no'],
    ['Alarms to', `${alarms.email.length} email addresses; a canary every ${alarms.canaryMinutes} minutes`],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(18)} ${plain(value)}\n`).join('');
}

function fixesOf({
  mode,
  settings,
  exceptions,
  windows,
  budgetPerAccountAndHour,
  kubernetes,
}: NonNullable<Config['fixes']>) {
  const when = windows.length === 0 ? 'at any time' : `in ${windows.length} change windows`;
  return `${mode}; ${settings.length} settings, ${exceptions.length} exceptions; ${when}; ${budgetPerAccountAndHour} writes in an account and hour; clusters written: ${listed(kubernetes.map(({ cluster }) => cluster))}`;
}

function membersOf(members: Config['deployment']['members']): string {
  if (members === undefined) return "the hub's own account alone";
  return 'organization' in members ? `organization ${members.organization}` : listed(members.accounts);
}

function clustersOf(kubernetes: Config['deployment']['kubernetes']): string {
  if (kubernetes === undefined) return 'no cluster';
  const names = kubernetes.clusters.map((one) =>
    'cluster' in one ? one.cluster : `clusters tagged ${one.clusterTag.key}=${one.clusterTag.value}`,
  );
  const from = kubernetes.vpc === undefined ? 'in no VPC' : `from ${kubernetes.vpc.subnetIds.join(', ')}`;
  return `${names.join(', ')}; ${from}`;
}

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));

function refusedCallsOf(accounts: boolean | readonly string[]): string {
  if (typeof accounts === 'boolean') return accounts ? 'of every account' : 'not followed';
  return listed(accounts);
}

const EXAMPLES = `
Examples:
  $ podtrust config check
  $ podtrust config check deploy/podtrust.config.json
  $ podtrust config schema > podtrust.config.schema.json

Exit codes: 0 right, 2 wrong or not readable.
`;
