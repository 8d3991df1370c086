import type { ClusterView, Estate } from '../../estate/estate.ts';
import type { Repair, Step } from '../chain.ts';
import { fail, leftOut, pass, unknown, unread } from '../checks.ts';
import { clusterSteps } from '../cluster-steps.ts';
import { authorizationStep } from './authorization-step.ts';
import { type AwsAuthAnswer, awsAuthStep } from './aws-auth-step.ts';
import { associate, createEntry, deleteEntry, mappingLine } from './commands.ts';
import { creationBy } from './creator.ts';
import { type EntryAnswer, entrySteps } from './entry-steps.ts';
import { AUTO_NODE_POLICY } from './policies.ts';
import { lacksAutoNodePolicy } from './powerless.ts';
import { isSingleSignOn, type Principal } from './principal.ts';
import { type Standing, standingOf } from './standing.ts';
import { filledUsername } from './username.ts';
import { accessOf, type Way } from './ways.ts';

/** Somebody who wants into a cluster. */
export interface AccessQuestion {
  readonly cluster: ClusterView;
  readonly principal: Principal;
}

/** What the chain of an access question comes to. */
export interface AccessChain {
  readonly steps: readonly Step[];
  readonly repair: Repair | null;
  /** The way by which the principal gets in, or null. */
  readonly way: Way | null;
}

/**
 * Whether a principal gets into a cluster, and what it may do there: first authentication (without it the API server
 * answers 401 Unauthorized), then authorization (without it, 403 Forbidden). Each failing step says why.
 */
export function accessChain({ cluster, principal }: AccessQuestion, estate: Estate): AccessChain {
  const standing = standingOf(principal, estate);
  const head = [...clusterSteps(cluster), principalStep(principal, standing), modeStep(cluster)];
  const entry = entrySteps(principal, standing, cluster);
  const auth = awsAuthStep(principal, cluster, entry);
  const creator = creatorStep({ cluster, principal }, standing, entry, auth, estate);
  const way = entry.way ?? creator.way ?? auth.way;
  const before = [...head, ...entry.steps, ...creator.awsAuth, ...creator.steps];
  const open = before.some(({ status }) => status === 'unknown' || status === 'fail');
  const signedIn = isShutOut(before) ? null : way;
  const may = authorizationStep(principal, signedIn, cluster);
  const steps = [
    ...before,
    authenticationStep(principal, signedIn, open),
    // Whoever may have created the cluster may have every right, whatever else it has.
    creator.open && may.status === 'fail' ? unknown('authorization', may.detail, 'aws') : may,
  ];
  return { steps, way, repair: repairOf({ cluster, principal }, standing, steps, way, auth) };
}

/** Nobody signs in by a way that is for another principal, or for none. */
function isShutOut(steps: readonly Step[]): boolean {
  return steps.some(({ check, status }) => status === 'fail' && SHUT_OUT.has(check));
}

const SHUT_OUT: ReadonlySet<Step['check']> = new Set([
  'cluster-active',
  'access-principal',
  'access-entry-identity',
]);

function principalStep(principal: Principal, standing: Standing): Step {
  const check = 'access-principal';
  switch (standing.kind) {
    case 'exists':
      return pass(
        check,
        principal.kind === 'session'
          ? `It is a session of role ${standing.role?.role.arn ?? principal.name}.`
          : `${principal.arn} exists.`,
      );
    case 'elsewhere':
      return fail(check, `There is no ${principal.arn}; the one of this name is ${standing.arn}.`);
    case 'absent':
      return fail(
        check,
        `${principal.kind === 'session' ? `Role ${principal.name}` : principal.arn} does not exist in account ${principal.account}.`,
      );
    case 'unread':
      return unknown(check, unread(standing.missing));
    case 'foreign':
      return leftOut(
        check,
        `Account ${principal.account} is not of the organization: whether the principal exists is not known.`,
      );
  }
}

function modeStep({ cluster: { authenticationMode, name } }: ClusterView): Step {
  const check = 'authentication-mode';
  switch (authenticationMode) {
    case undefined:
      return unknown(check, 'Not known: eks:DescribeCluster is missing.');
    case 'API':
      return pass(check, `${name} asks access entries alone (API): aws-auth counts for nothing.`);
    case 'CONFIG_MAP':
      return pass(check, `${name} asks aws-auth alone (CONFIG_MAP): access entries count for nothing.`);
    case 'API_AND_CONFIG_MAP':
      return pass(check, `${name} asks access entries first, then aws-auth (API_AND_CONFIG_MAP).`);
  }
}

interface CreatorAnswer {
  readonly steps: readonly Step[];
  /** The step of aws-auth, which is no failure for somebody who gets in as the creator. */
  readonly awsAuth: readonly Step[];
  readonly way: Way | null;
  /** True when it may be the creator, and nobody knows. */
  readonly open?: boolean;
}

function creatorStep(
  { cluster, principal }: AccessQuestion,
  standing: Standing,
  entry: EntryAnswer,
  auth: AwsAuthAnswer,
  estate: Estate,
): CreatorAnswer {
  const check = 'cluster-creator';
  const { authenticationMode, creatorAdmin } = cluster.cluster;
  const awsAuth = [auth.step];
  // A row for the creator itself is what counts of it; mapAccounts takes in whoever nothing else maps.
  const mapped = auth.way !== null && auth.way.surface !== 'aws-auth-account';
  if (authenticationMode !== 'CONFIG_MAP' || mapped || entry.way !== null) {
    return { steps: [], awsAuth, way: null };
  }
  if (creatorAdmin === false) {
    return {
      steps: [leftOut(check, 'Whoever created the cluster was not made administrator.')],
      awsAuth,
      way: null,
    };
  }
  const creation = creationBy(principal, standing, cluster, estate);
  if (creation.kind === 'created') {
    const way = accessOf(cluster).ways.find(({ surface }) => surface === 'creator') ?? null;
    const without = leftOut(
      'aws-auth',
      'aws-auth has no row for it, and need not have one: it created the cluster.',
    );
    return {
      steps: [pass(check, `${creation.detail} The creator is administrator, listed nowhere.`)],
      awsAuth: [without],
      way,
    };
  }
  if (creation.kind === 'not-created')
    return { steps: [leftOut(check, creation.detail)], awsAuth, way: null };
  if (auth.way !== null && authorizationStep(principal, auth.way, cluster).status === 'pass')
    return { steps: [leftOut(check, creation.detail)], awsAuth, way: null };
  // Not being mapped shuts out everyone but the creator, who may be the one who asks.
  const step = auth.step.status === 'fail' ? unknown('aws-auth', auth.step.detail) : auth.step;
  return { steps: [unknown(check, creation.detail, 'aws')], awsAuth: [step], way: null, open: true };
}

function authenticationStep(principal: Principal, way: Way | null, open: boolean): Step {
  const check = 'authentication';
  if (way === null) {
    const why = open ? 'what stands above decides' : 'nothing maps it';
    return leftOut(
      check,
      `Without a mapping the API server answers 401 Unauthorized, "You must be logged in to the server": ${why}.`,
    );
  }
  if (way.username === null) return unknown(check, 'Not known: eks:DescribeAccessEntry is missing.');
  const groups =
    way.groups === null || way.groups.length === 0 ? 'in no group' : `in ${way.groups.join(', ')}`;
  return pass(check, `Signed in, it is ${filledUsername(way.username, principal)}, ${groups}.`);
}

function repairOf(
  { cluster, principal }: AccessQuestion,
  standing: Standing,
  steps: readonly Step[],
  way: Way | null,
  auth: AwsAuthAnswer,
): Repair | null {
  const failed = new Map(steps.filter(({ status }) => status === 'fail').map((step) => [step.check, step]));
  const mode = cluster.cluster.authenticationMode;
  const arn = entryArn(principal, standing);
  if (failed.has('cluster-active') || failed.has('access-principal')) return null;
  if (failed.has('access-entry-identity') && way?.entry !== undefined) {
    const again = [
      deleteEntry(cluster, way.entry.principalArn),
      createEntry(cluster, way.entry.principalArn),
    ];
    return { text: `Delete the entry and make it again, then its policies: ${again.join(' && ')}` };
  }
  if (failed.has('access-entry-type') && way?.entry !== undefined) {
    return {
      text: `The type of an entry cannot be changed: ${deleteEntry(cluster, way.entry.principalArn)}, then create it with the right type.`,
    };
  }
  if (failed.has('access-entry') || (failed.has('aws-auth') && mode !== 'CONFIG_MAP')) {
    return {
      text: `Create an access entry and give it a policy, this one or another: ${createEntry(cluster, arn)} && ${associate(cluster, arn)}${singleSignOnNote(principal)}`,
    };
  }
  if (failed.has('aws-auth'))
    return { text: auth.repair ?? `Add to aws-auth in kube-system: ${mappingLine(principal)}` };
  const forbidden = failed.get('authorization');
  if (forbidden === undefined || way === null) return null;
  if (lacksAutoNodePolicy(way))
    return {
      text: `Give the entry the policy of nodes: ${associate(cluster, way.principal ?? arn, AUTO_NODE_POLICY)}`,
    };
  if (forbidden.rule === 'no-invalid-aws-auth' && way.row !== undefined)
    return {
      text: `Write the groups of the row as a list of texts under the key groups (aws-auth, ${way.row.section} line ${way.row.line}): until then it signs in without them.`,
    };
  return way.surface === 'access-entry'
    ? {
        text: `Give the entry a policy, this one or another: ${associate(cluster, way.principal ?? arn)}`,
      }
    : {
        text: `Bind its username or one of its groups: kubectl create clusterrolebinding NAME --clusterrole=view ${bindTo(way)}`,
      };
}

function bindTo({ groups, username }: Way): string {
  const [group] = groups ?? [];
  return group === undefined
    ? `--user='${(username ?? '').replaceAll("'", '')}'`
    : `--group='${group.replaceAll("'", '')}'`;
}

/** An entry takes the ARN with its path, and never a session. */
function entryArn(principal: Principal, standing: Standing): string {
  if (standing.kind === 'exists' && standing.role !== undefined) return standing.role.role.arn;
  if (principal.kind !== 'session') return principal.arn;
  return `arn:${principal.partition}:iam::${principal.account}:role/${principal.name}`;
}

function singleSignOnNote(principal: Principal): string {
  return isSingleSignOn(principal)
    ? ' (an access entry takes the whole ARN of the role, with its path aws-reserved/sso.amazonaws.com/)'
    : '';
}
