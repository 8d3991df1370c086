import type { Command } from 'commander';
import { explainDocument, explainServiceAccount } from '../../shared/audit/explain.ts';
import { explainAccess } from '../../shared/audit/explain-access.ts';
import type { Explanation } from '../../shared/audit/explanation.ts';
import type { Estate } from '../../shared/estate/estate.ts';
import { type Principal, parsePrincipal } from '../../shared/identity/access/principal.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { loadConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { checkServiceAccount, findCluster, findRole, roleArn } from '../names.ts';
import { outputOption, type SourceOptions, withCreators, withSource } from '../options.ts';
import { explainText } from '../output/explain-text.ts';
import { json } from '../output/json.ts';
import type { Cli } from '../program.ts';
import { loadEstate } from '../source.ts';

interface ExplainOptions extends SourceOptions {
  readonly output: 'table' | 'json';
  readonly cluster?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly role?: string;
  readonly principal?: string;
  readonly trustPolicy?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly account?: string;
  readonly podIdentity?: boolean;
  readonly clusterArn?: string;
  readonly config?: string;
}

/** `podtrust explain`: one ServiceAccount's whole chain, one trust policy by itself, or one principal's way into a cluster. */
export function addExplain(program: Command, cli: Cli): void {
  withCreators(
    withSource(
      program
        .command('explain')
        .description(
          'say whether a ServiceAccount gets its role, or a principal into a cluster, and if not, why not',
        ),
    ),
  )
    .option('--cluster <name>', 'cluster (name or ARN)')
    .option('-n, --namespace <name>', 'Kubernetes namespace')
    .option('--service-account <name>', 'Kubernetes ServiceAccount')
    .option('--role <role>', "do this ServiceAccount's pods end up with this role? (ARN or name)")
    .option(
      '--principal <arn>',
      'does this role, user, root user or role session get into the cluster? (ARN, or name of a role)',
    )
    .option('--trust-policy <file>', 'judge this trust policy alone (JSON file, or - for stdin), without AWS')
    .option('--issuer <url>', "with --trust-policy: the cluster's OIDC issuer, https://…")
    .option(
      '--audience <audience>',
      'with --trust-policy: audience of the token (default: sts.amazonaws.com)',
    )
    .option('--account <id>', "with --trust-policy: the role's account")
    .option('--pod-identity', 'with --trust-policy: judge it for EKS Pod Identity')
    .option('--cluster-arn <arn>', 'with --pod-identity: the cluster')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)')
    .addOption(outputOption('table', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ExplainOptions>();
      const explanation = await answer(options, cli);
      cli.io.out(options.output === 'json' ? json(explanation) : explainText(explanation, cli.io));
      cli.exit(VERDICT_CODES[explanation.verdict]);
    });
}

const VERDICT_CODES: Record<Explanation['verdict'], ExitCode> = {
  works: EXIT.ok,
  broken: EXIT.found,
  unknown: EXIT.unknown,
};

async function answer(options: ExplainOptions, cli: Cli): Promise<Explanation> {
  if (options.principal !== undefined) return accessAnswer(options, options.principal, cli);
  const namespace = required(options.namespace, '--namespace');
  const serviceAccount = required(options.serviceAccount, '--service-account');
  checkServiceAccount(namespace, serviceAccount);
  const config = await loadConfig(options.config, cli.io);
  const context = { config, hash: sha256 };
  if (options.trustPolicy !== undefined) {
    const text = await readText(options.trustPolicy, 'trust policy', cli.io);
    return explainDocument(text, documentQuestion(options, namespace, serviceAccount), context);
  }
  refuse(options, ['issuer', 'audience', 'account', 'podIdentity', 'clusterArn'], 'needs --trust-policy');
  const wanted = required(options.cluster, '--cluster (or --trust-policy)');
  const estate: Estate = await loadEstate(options, cli.io, config);
  const cluster = findCluster(estate, wanted);
  const role = options.role === undefined ? {} : { role: roleArn(estate, cluster, options.role) };
  return explainServiceAccount(estate, { cluster, namespace, serviceAccount, ...role }, context);
}

/** A principal's way into a cluster. */
async function accessAnswer(options: ExplainOptions, wanted: string, cli: Cli): Promise<Explanation> {
  refuse(options, SERVICE_ACCOUNT_OPTIONS, 'cannot go with --principal, which asks who enters the cluster');
  const name = required(options.cluster, '--cluster');
  const config = await loadConfig(options.config, cli.io);
  const estate: Estate = await loadEstate(options, cli.io, config);
  const principal = principalOf(wanted.startsWith('arn:') ? wanted : findRole(estate, wanted).role.arn);
  return explainAccess(estate, { cluster: findCluster(estate, name), principal }, { config, hash: sha256 });
}

const SERVICE_ACCOUNT_OPTIONS = [
  'namespace',
  'serviceAccount',
  'role',
  'trustPolicy',
  'issuer',
  'audience',
  'account',
  'podIdentity',
  'clusterArn',
] as const;

function principalOf(arn: string): Principal {
  const principal = parsePrincipal(arn);
  if (principal !== null) return principal;
  throw new UsageError(
    `--principal "${arn}" is no role, user, root user or role session: aws sts get-caller-identity shows who you are.`,
  );
}

type DocumentQuestion = Parameters<typeof explainDocument>[1];

function documentQuestion(
  options: ExplainOptions,
  namespace: string,
  serviceAccount: string,
): DocumentQuestion {
  refuse(
    options,
    ['cluster', 'role', 'snapshot'],
    'cannot go with --trust-policy, which judges the document alone',
  );
  if (options.podIdentity === true) {
    refuse(options, ['issuer', 'audience'], 'cannot go with --pod-identity');
    const clusterArn = required(options.clusterArn, '--cluster-arn');
    if (!CLUSTER_ARN.test(clusterArn)) {
      throw new UsageError(
        `--cluster-arn "${clusterArn}" is no cluster ARN, arn:aws:eks:<region>:<account>:cluster/<name>.`,
      );
    }
    const owner = clusterArn.split(':')[4];
    if (options.account !== undefined && options.account !== owner) {
      throw new UsageError(
        `--account ${options.account} is not the cluster's (${owner}): an association takes roles of the cluster's account alone.`,
      );
    }
    return { mechanism: 'pod-identity', clusterArn, namespace, serviceAccount };
  }
  refuse(options, ['clusterArn'], 'needs --pod-identity');
  const issuer = required(options.issuer, '--issuer (or --pod-identity)');
  if (!/^https:\/\/[^\s/]+(\/\S*)?$/.test(issuer)) {
    throw new UsageError(
      `--issuer "${issuer}" is no https:// address; aws eks describe-cluster shows identity.oidc.issuer.`,
    );
  }
  const audience = options.audience === undefined ? {} : { audience: options.audience };
  return { mechanism: 'irsa', issuer, namespace, serviceAccount, ...audience, ...account(options) };
}

const CLUSTER_ARN = /^arn:[a-z0-9-]+:eks:[a-z0-9-]+:\d{12}:cluster\/[A-Za-z0-9][A-Za-z0-9_-]*$/;

function account({ account: id }: ExplainOptions): { account?: string } {
  if (id === undefined) return {};
  if (!/^\d{12}$/.test(id)) throw new UsageError(`--account "${id}" is no 12-digit account id.`);
  return { account: id };
}

function required(value: string | undefined, flag: string): string {
  if (value === undefined || value === '')
    throw new UsageError(`explain needs ${flag}; podtrust explain --help shows examples.`);
  return value;
}

function refuse(options: ExplainOptions, names: readonly (keyof ExplainOptions)[], why: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UsageError(`${flag} ${why}.`);
}

const EXAMPLES = `
Examples:
  $ podtrust explain --cluster prod --namespace shop --service-account api
  $ podtrust explain --cluster prod -n shop --service-account api --role arn:aws:iam::111122223333:role/shop-api
  $ podtrust explain --trust-policy trust.json --issuer https://oidc.eks.eu-west-1.amazonaws.com/id/ABCD \\
      -n shop --service-account api
  $ aws iam get-role --role-name shop-api --query Role.AssumeRolePolicyDocument | podtrust explain \\
      --trust-policy - --pod-identity --cluster-arn arn:aws:eks:eu-west-1:111122223333:cluster/prod \\
      -n shop --service-account api
  $ podtrust explain --cluster prod --principal "$(aws sts get-caller-identity --query Arn --output text)"

Exit codes: 0 works, 1 broken, 2 wrong input, 3 unknown, 4 no credentials or nothing could be read.
`;
