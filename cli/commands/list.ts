import { Argument, type Command } from 'commander';
import type { ListFilter } from '../../shared/audit/list/filter.ts';
import type { ListKind } from '../../shared/audit/list/report.ts';
import { LIST_FILTERS, list } from '../../shared/audit/list.ts';
import type { Estate } from '../../shared/estate/estate.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import { findCluster, findRole } from '../names.ts';
import { outputOption, type SourceOptions, withSource } from '../options.ts';
import { json } from '../output/json.ts';
import { listText } from '../output/list-text.ts';
import type { Cli } from '../program.ts';
import { loadEstate } from '../source.ts';

interface ListOptions extends SourceOptions {
  readonly output: 'table' | 'json';
  readonly cluster?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly role?: string;
}

/** `podtrust list KIND`: what there is, narrowed by cluster, namespace, ServiceAccount and role. */
export function addList(program: Command, cli: Cli): void {
  withSource(program.command('list').description('list what there is, as rows'))
    .addArgument(new Argument('<kind>', 'what to list').choices(Object.keys(LIST_FILTERS)))
    .option('--cluster <name>', 'only of this cluster (name or ARN)')
    .option('-n, --namespace <namespace>', 'only of this namespace')
    .option('--service-account <name>', 'only of this ServiceAccount')
    .option('--role <role>', 'only of this role (ARN or name)')
    .addOption(outputOption('table', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (kind: ListKind, _options, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      checkFilters(kind, options);
      const estate = await loadEstate(options, cli.io);
      const found = list(kind, estate, filterOf(kind, options, estate));
      cli.io.out(options.output === 'json' ? json(found) : listText(found, cli.io));
      cli.exit(EXIT.ok);
    });
}

const FLAGS = {
  cluster: '--cluster',
  namespace: '--namespace',
  serviceAccount: '--service-account',
  role: '--role',
} as const;

/** Refuses a filter that the kind does not have, before anything is read. */
function checkFilters(kind: ListKind, options: ListOptions): void {
  const known: readonly string[] = LIST_FILTERS[kind];
  for (const name of ['cluster', 'namespace', 'serviceAccount', 'role'] as const) {
    if (options[name] === undefined || known.includes(name)) continue;
    const flags = LIST_FILTERS[kind].map((one) => FLAGS[one]).join(' and ');
    throw new UsageError(`${FLAGS[name]} does not narrow ${kind}: they take ${flags}.`);
  }
}

/** A role of an access entry, or one that is gone, need not have been read: its ARN is taken as it is. */
function filterOf(kind: ListKind, options: ListOptions, estate: Estate): ListFilter {
  const { cluster, namespace, serviceAccount, role } = options;
  const arn = role?.startsWith('arn:') === true && kind !== 'roles' ? role : undefined;
  return {
    ...(cluster === undefined ? {} : { cluster: findCluster(estate, cluster) }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ...(role === undefined ? {} : { role: arn ?? findRole(estate, role).role.arn }),
  };
}

const EXAMPLES = `
Kinds:
  associations      Pod Identity associations, and whether they work
  roles             roles that pods can assume, and from where
  service-accounts  ServiceAccounts that should have an AWS identity: which, by what, with how many pods, and whether it works
  providers         IAM OIDC providers of clusters
  entries           access entries, as they are written (what takes effect: podtrust access)
  pods              running pods by workload: which identity they should have, which they get, and why not the same
  restarts          workloads whose pods lack their identity until they are restarted, with the command

Examples:
  $ podtrust list associations --cluster prod
  $ podtrust list service-accounts --namespace shop --snapshot estate.json.gz
  $ podtrust list roles --service-account external-dns --output json
  $ podtrust list pods --cluster prod --namespace shop
  $ podtrust list restarts --cluster prod

Exit codes: 0 listed, 2 wrong input, 4 no credentials or nothing could be read.
`;
