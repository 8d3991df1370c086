import type { RoleView } from '../../estate/estate.ts';
import { parseArn } from '../../iam/arn.ts';
import { decide, type Outcome } from '../../iam/evaluate.ts';
import type { Caller, ContextValue, Request } from '../../iam/request.ts';
import { NOBODY } from './web-door.ts';

/** Whether someone whom no policy can have in mind assumes a role: an AWS principal of another organization, or a web identity. */
export function admitsOutsider(role: RoleView, account: string): Outcome {
  const { compiled } = role.trust();
  if (compiled === null) return 'denied';
  const outcomes = [...outsiders(role, account)].map((request) => decide(compiled, request));
  if (outcomes.includes('allowed')) return 'allowed';
  return outcomes.includes('undecided') ? 'undecided' : 'denied';
}

function* outsiders(role: RoleView, account: string): Generator<Request> {
  for (const arn of outsiderArns(role, account)) {
    for (const organization of ['absent', [`o-${NOBODY.replaceAll('-', '')}`]] as const) {
      yield awsRequest(arn, account, organization);
    }
  }
  for (const provider of OPEN_PROVIDERS) {
    const caller: Caller = { kind: 'federated', provider };
    yield { caller, action: 'sts:AssumeRoleWithWebIdentity', context: webContext(provider) };
  }
}

/** Providers that exist without being created, and that give anyone an identity (IAM user guide, Principal: web identity). */
export const OPEN_PROVIDERS = [
  'accounts.google.com',
  'www.amazon.com',
  'graph.facebook.com',
  'cognito-identity.amazonaws.com',
];

/** A stranger's role, and one of each name that a condition on the principal's ARN allows in any account. */
function outsiderArns(role: RoleView, account: string): string[] {
  const { partition } = role.account;
  const named = (role.trust().policy?.statements ?? [])
    .flatMap(({ conditions }) => conditions.filter(({ key }) => key.toLowerCase() === 'aws:principalarn'))
    .flatMap(({ values }) => values.map((value) => fillArn(value, partition, account)))
    .filter((arn) => parseArn(arn)?.account === account);
  return [...new Set([`arn:${partition}:iam::${account}:role/${NOBODY}`, ...named])];
}

/** A pattern of principal ARNs with the stranger's account and names in the place of its wildcards. */
function fillArn(pattern: string, partition: string, account: string): string {
  const parts = pattern.split(':');
  if (parts.length < 6) return `arn:${partition}:iam::${account}:role/${NOBODY}`;
  const fills = ['arn', partition, 'iam', '', account];
  return parts
    .map((part, index) =>
      /[*?]/.test(part) ? (fills[index] ?? part.replaceAll('*', NOBODY).replaceAll('?', 'x')) : part,
    )
    .join(':');
}

/** What is certain about a stranger; what he may choose (external id, tags, network) stays unknown. */
function awsRequest(arn: string, account: string, organization: ContextValue): Request {
  const values = new Map<string, ContextValue>([
    ['aws:principalarn', [arn]],
    ['aws:principalaccount', [account]],
    ['aws:principalorgid', organization],
    ['aws:principalorgpaths', organization === 'absent' ? 'absent' : [`${organization}/r-${NOBODY}/`]],
    ['aws:principaltype', ['AssumedRole']],
    ['aws:principalisawsservice', ['false']],
    ['aws:userid', [`AROA${NOBODY.toUpperCase()}:${NOBODY}`]],
    ['aws:username', 'absent'],
    ['aws:securetransport', ['true']],
  ]);
  const context = (key: string): ContextValue => values.get(key) ?? (isOpen(key) ? 'unknown' : 'absent');
  return { caller: { kind: 'aws', arn, account }, action: 'sts:AssumeRole', context };
}

/** Keys that a stranger's call may carry: not those of a service that acts for someone, nor of a token. */
function isOpen(key: string): boolean {
  if (!key.startsWith('aws:') && !key.startsWith('sts:')) return false;
  return !/^aws:(?:source(?:arn|account|orgid|orgpaths|owner)|principalservicename)/.test(key);
}

function webContext(provider: string): (key: string) => ContextValue {
  return (key) => {
    if (key === 'aws:federatedprovider') return [provider];
    if (key.startsWith(`${provider}:`)) return 'unknown';
    if (/^aws:(?:source(?:ip|vpc|vpce)|requestedregion|currenttime|epochtime)$/.test(key)) return 'unknown';
    if (key === 'aws:securetransport') return ['true'];
    return key.startsWith('sts:') && key !== 'sts:externalid' ? 'unknown' : 'absent';
  };
}
