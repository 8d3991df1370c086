import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Estate } from '../../shared/estate/estate.ts';
import { readKeys } from '../../shared/probe/keys.ts';
import type { TokenProbe } from '../../shared/probe/probe-token.ts';
import type { ProbeReport } from '../../shared/probe/report.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readText } from '../files.ts';
import { checkServiceAccount, findCluster, roleArn } from '../names.ts';
import { outputOption, type SourceOptions, withSource } from '../options.ts';
import { json } from '../output/json.ts';
import { leftoverText, probeText } from '../output/probe-text.ts';
import { connectForProbe, probeKubernetes, probePorts } from '../probe.ts';
import type { Cli } from '../program.ts';
import { accessOf, loadEstate } from '../source.ts';

interface ProbeOptions extends SourceOptions {
  readonly output: 'text' | 'json';
  readonly cluster?: string;
  readonly namespace?: string;
  readonly serviceAccount?: string;
  readonly role?: string;
  readonly audience?: string;
  readonly token?: string;
  readonly jwks?: string;
  readonly issuer?: string;
  readonly issuerCa?: string;
  readonly offline?: boolean;
  readonly pod?: boolean;
  readonly image?: string;
  readonly timeout?: number;
}

/** `podtrust probe`: whether a ServiceAccount gets its role, tried instead of inferred. */
export function addProbe(program: Command, cli: Cli): void {
  withSource(
    program
      .command('probe')
      .description('try it: get a token of a ServiceAccount, or take one, and see what STS makes of it'),
  )
    .option('--cluster <name>', 'cluster (name or ARN)')
    .option('-n, --namespace <name>', 'Kubernetes namespace')
    .option('--service-account <name>', 'Kubernetes ServiceAccount')
    .option(
      '--role <role>',
      'role that is expected (ARN or name); otherwise association or annotation name it',
    )
    .option(
      '--audience <audience>',
      'audience of the token; otherwise what the pods of the ServiceAccount get',
    )
    .option('--token <file>', 'judge the token in this file (or - for stdin) instead of asking for one')
    .option('--jwks <file>', "with --token: the issuer's keys, instead of asking the issuer for them")
    .option('--issuer <url>', 'with --token: the issuer that it should be of')
    .option('--issuer-ca <file>', "PEM of the authority of the issuer's certificate, for a private issuer")
    .option('--offline', 'with --token: ask neither the issuer nor AWS')
    .option('--pod', 'run a short-lived test pod, too, and delete it whatever happens; needs --image')
    .addOption(
      new Option('--image <image>', 'with --pod: an image with sh and the AWS command line').argParser(image),
    )
    .addOption(
      new Option('--timeout <seconds>', 'with --pod: longest time for the pod (default: 120)').argParser(
        timeout,
      ),
    )
    .addOption(outputOption('text', 'json'))
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<ProbeOptions>();
      const report = await (options.token === undefined
        ? ofServiceAccount(options, cli)
        : ofToken(options, options.token, cli));
      cli.io.out(options.output === 'json' ? json(report) : probeText(report, cli.io));
      cli.io.err(leftoverText(report));
      cli.exit(VERDICT_CODES[report.verdict]);
    });
}

const VERDICT_CODES: Record<ProbeReport['verdict'], ExitCode> = {
  works: EXIT.ok,
  broken: EXIT.found,
  undecided: EXIT.unknown,
};

async function ofServiceAccount(options: ProbeOptions, { io }: Cli): Promise<ProbeReport> {
  refuse(options, ['jwks', 'issuer', 'offline'], 'needs --token');
  if (options.kubernetes === false)
    throw new UsageError(
      'probe asks the API server for a token: leave out --no-kubernetes, or give --token.',
    );
  const wanted = required(options.cluster, '--cluster (or --token)');
  const namespace = required(options.namespace, '--namespace');
  const serviceAccount = required(options.serviceAccount, '--service-account');
  checkServiceAccount(namespace, serviceAccount);
  const pod = podOf(options);
  const { probeServiceAccount } = await import('../../shared/probe/probe-service-account.ts');
  const certificates = await issuerCa(options, io);
  const estate = await loadEstate(withoutKubernetes(options), io);
  const cluster = findCluster(estate, wanted);
  const access = accessOf(options);
  const connection = await connectForProbe(cluster, options, access, io);
  try {
    const note = (text: string) => (options.quiet === true ? undefined : io.err(`podtrust: ${text}`));
    const wish = pod === null ? {} : { pod: { ...pod, region: cluster.region } };
    return await probeServiceAccount(
      {
        cluster,
        namespace,
        serviceAccount,
        ...(options.role === undefined ? {} : { role: roleArn(estate, cluster, options.role) }),
        ...(options.audience === undefined ? {} : { audience: options.audience }),
      },
      estate,
      await probeKubernetes(connection, { namespace, serviceAccount, ...wish }, note),
      await probePorts(access, io, { offline: false, ...certificates }),
    );
  } finally {
    await connection.close();
  }
}

const TIMEOUT = 120;

function podOf({
  pod,
  image: wanted,
  timeout: seconds,
}: ProbeOptions): { image: string; seconds: number } | null {
  if (pod !== true) {
    if (wanted !== undefined || seconds !== undefined)
      throw new UsageError('--image and --timeout are for the test pod: they need --pod.');
    return null;
  }
  return { image: required(wanted, '--image with --pod'), seconds: seconds ?? TIMEOUT };
}

/** The live account without its clusters' Kubernetes APIs, in the one region that an ARN names: a probe asks itself. */
function withoutKubernetes(options: ProbeOptions): SourceOptions {
  if (options.snapshot !== undefined) return options;
  const { kubeconfig: _file, context: _context, ...rest } = options;
  const region = /^arn:[^:]+:eks:([a-z0-9-]+):/.exec(options.cluster ?? '')?.[1];
  const regions = options.regions ?? (region === undefined ? undefined : [region]);
  return { ...rest, kubernetes: false, ...(regions === undefined ? {} : { regions }) };
}

async function ofToken(options: ProbeOptions, file: string, { io }: Cli): Promise<ProbeReport> {
  refuse(options, ['pod', 'image', 'timeout'], 'cannot go with --token, which judges that token alone');
  if (file === '-' && options.snapshot === '-')
    throw new UsageError('stdin is one file: --token or --snapshot.');
  if (options.issuer !== undefined && !/^https:\/\/[^\s/]+(\/\S*)?$/.test(options.issuer))
    throw new UsageError(`--issuer "${options.issuer}" is no https:// address.`);
  const offline = options.offline === true;
  const { probeToken } = await import('../../shared/probe/probe-token.ts');
  const text = (await readText(file, 'token', io)).trim();
  const certificates = await issuerCa(options, io);
  const keys = await keysOf(options, io);
  const estate = await estateFor(options, offline, io);
  const ports = await probePorts(accessOf(options), io, { offline, ...certificates });
  return probeToken({ text, ...keys, ...questionOf(options, estate) }, estate, ports);
}

/** A snapshot, or the live account where cluster or role are to be looked up; null: the token alone is judged. */
async function estateFor(options: ProbeOptions, offline: boolean, io: Cli['io']): Promise<Estate | null> {
  if (options.snapshot !== undefined) return loadEstate(options, io);
  if (options.cluster === undefined && options.role === undefined) return null;
  if (!offline) return loadEstate(withoutKubernetes(options), io);
  if (options.cluster !== undefined) throw new UsageError('--cluster with --offline needs a --snapshot.');
  return null;
}

function questionOf(options: ProbeOptions, estate: Estate | null): Omit<TokenProbe, 'text'> {
  const { namespace, serviceAccount, issuer, audience, role } = options;
  if ((namespace === undefined) !== (serviceAccount === undefined))
    throw new UsageError('--namespace and --service-account go together.');
  const cluster =
    options.cluster === undefined || estate === null ? undefined : findCluster(estate, options.cluster);
  const account =
    namespace === undefined || serviceAccount === undefined ? null : { namespace, serviceAccount };
  if (account !== null) checkServiceAccount(account.namespace, account.serviceAccount);
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(account === null ? {} : { serviceAccount: account }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
    ...(role === undefined ? {} : { role: tokenRole(role, estate, cluster) }),
  };
}

function tokenRole(role: string, estate: Estate | null, cluster: TokenProbe['cluster']): string {
  if (role.startsWith('arn:')) return role;
  if (estate !== null && cluster !== undefined) return roleArn(estate, cluster, role);
  throw new UsageError(`--role "${role}" is a name: give its ARN, or name the --cluster.`);
}

async function keysOf({ jwks }: ProbeOptions, io: Cli['io']): Promise<Pick<TokenProbe, 'keys'>> {
  if (jwks === undefined) return {};
  const keys = readKeys(await readText(jwks, 'key set', io));
  if (keys === null)
    throw new UsageError(
      `key set "${jwks}" holds no public RSA or elliptic-curve key: it is what kubectl get --raw /openid/v1/jwks prints.`,
    );
  return { keys: { keys, from: jwks, live: false } };
}

async function issuerCa({ issuerCa: file }: ProbeOptions, io: Cli['io']): Promise<{ issuerCa?: string }> {
  if (file === undefined) return {};
  const pem = await readText(file, 'authority', io);
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new UsageError(`authority "${file}" is no PEM certificate.`);
  return { issuerCa: pem };
}

function image(value: string): string {
  if (/^[a-zA-Z0-9][\w.:/@-]{0,499}$/.test(value)) return value;
  throw new InvalidArgumentError(
    'It takes the name of an image, as in public.ecr.aws/aws-cli/aws-cli:2.31.0.',
  );
}

/** Longest time of a test pod, seconds. */
const LONGEST = 3600;

function timeout(value: string): number {
  const seconds = Number(value);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST) return seconds;
  throw new InvalidArgumentError(`It takes whole seconds, 1 to ${LONGEST}.`);
}

function required(value: string | undefined, flag: string): string {
  if (value !== undefined && value !== '') return value;
  throw new UsageError(`probe needs ${flag}; podtrust probe --help shows examples.`);
}

function refuse(options: ProbeOptions, names: readonly (keyof ProbeOptions)[], why: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new UsageError(`--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${why}.`);
}

const EXAMPLES = `
Examples:
  $ podtrust probe --cluster prod -n shop --service-account api
  $ podtrust probe --cluster prod -n shop --service-account api --kubeconfig ~/.kube/config --snapshot estate.json.gz
  $ podtrust probe --cluster prod -n shop --service-account api --pod --image public.ecr.aws/aws-cli/aws-cli:2.31.0
  $ podtrust probe --token token.txt --jwks jwks.json --offline --issuer https://oidc.eks.eu-west-1.amazonaws.com/id/ABCD
  $ kubectl -n shop create token api --audience sts.amazonaws.com | podtrust probe --token - --cluster prod \\
      --role arn:aws:iam::111122223333:role/shop-api

Neither token nor signature nor credentials are printed. STS gives credentials that can do nothing, for fifteen minutes.

Exit codes: 0 proven to work, 1 proven broken, 2 wrong input, 3 could not be decided, 4 no credentials or nothing could
be read.
`;
