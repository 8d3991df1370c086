import type { Command } from 'commander';
import { sha256 } from '../../shared/lambda/hash.ts';
import { planAssociation } from '../../shared/plans/migrations/associate.ts';
import { loadConfig } from '../config.ts';
import { checkServiceAccount, findCluster, findRole, roleArn } from '../names.ts';
import { outputOption, withSource } from '../options.ts';
import { type AskedOptions, showAsked } from '../output/asked-plan.ts';
import type { Cli } from '../program.ts';
import { type OpinionOptions, secondOpinion, withOpinion } from '../repair/second-opinion.ts';
import { loadEstate } from '../source.ts';

interface AssociateOptions extends OpinionOptions, AskedOptions {
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: string;
  readonly config?: string;
  readonly quiet?: boolean;
}

/** `podtrust associate`: plans one Pod Identity association with the trust that it needs; nothing is written to AWS. */
export function addAssociate(program: Command, cli: Cli): void {
  const described = program
    .command('associate')
    .description(
      'plan one Pod Identity association, with the trust statement that it needs; changes nothing',
    );
  withOpinion(withSource(described))
    .requiredOption('--cluster <name>', 'cluster (name or ARN)')
    .requiredOption('--namespace <name>', 'namespace of the ServiceAccount')
    .requiredOption('--service-account <name>', 'the ServiceAccount')
    .requiredOption('--role <role>', "role of the cluster's account (ARN or name)")
    .addOption(outputOption('text', 'json', 'markdown'))
    .option('--out <file>', 'write the plan here instead of to stdout')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<AssociateOptions>();
      const { namespace, serviceAccount } = options;
      checkServiceAccount(namespace, serviceAccount);
      const config = await loadConfig(options.config, cli.io);
      const estate = await loadEstate(options, cli.io, config);
      const cluster = findCluster(estate, options.cluster);
      const role = findRole(estate, roleArn(estate, cluster, options.role));
      const context = { estate, config, hash: sha256, now: cli.io.now().toISOString() };
      const asked = planAssociation({ cluster, namespace, serviceAccount, role }, context);
      const ask = await secondOpinion(options, config);
      const answer = asked.kind === 'plan' ? { ...asked, plan: await ask(asked.plan) } : asked;
      cli.exit(await showAsked(answer, options, cli));
    });
}

const EXAMPLES = `
Examples:
  $ podtrust associate --cluster prod --namespace shop --service-account api --role shop-api
  $ podtrust associate --cluster prod --namespace shop --service-account api --role shop-api --output json --out plan.json

Exit codes: 0 planned, or it is so already; 2 wrong input; 3 declined (stderr says why); 4 no credentials or nothing
could be read.
`;
