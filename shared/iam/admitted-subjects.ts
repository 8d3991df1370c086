import type { Admitted, Grant, KeySet, Pattern, StringSet } from './admitted-types.ts';
import type { AssumeAction } from './assume-actions.ts';
import { type CallerClass, federatedCallers, serviceCallers } from './comparing/callers.ts';
import { domainOf } from './comparing/domains.ts';
import { conditionLiteral } from './comparing/tests.ts';
import { isEverything, takesEverything } from './languages/sets.ts';
import type { Condition } from './policy.ts';
import { compilePrincipal } from './principal.ts';

/** The values of one key that a statement takes, made simple. */
interface Values {
  /** True when the statement does not restrict the key at all. */
  readonly any: boolean;
  /** Patterns of which one must match; a lone `*` where only `exclude` restricts. An upper bound where `sets` has several. */
  readonly include: readonly Pattern[];
  readonly exclude: readonly Pattern[];
  /** The exact answer: a value must be in each of them. */
  readonly sets: readonly StringSet[];
  /** True when a call without the key passes too. */
  readonly absent: boolean;
}

/** What one statement says of the web identities of a provider. */
export interface SubjectGrant {
  readonly statement: number;
  readonly subjects: Values;
  readonly audiences: Values;
  /** Conditions on further keys that such calls may carry. */
  readonly others: readonly KeySet[];
  /** Conditions that no identity alone decides. */
  readonly undecided: readonly Condition[];
}

/** What one statement says of calls by a service, or of IAM principals. */
export interface CallGrant {
  readonly statement: number;
  readonly actions: readonly string[];
  /** True when it names no one in particular: `*`, or everyone but some. */
  readonly everyone: boolean;
  /** By lower-cased key: `aws:sourcearn`, `aws:requesttag/kubernetes-namespace`. */
  readonly keys: ReadonlyMap<string, Values>;
  readonly undecided: readonly Condition[];
}

/** Who among IAM principals a statement names. */
export interface AwsGrant extends CallGrant {
  /** Account ids, also from root ARNs. */
  readonly accounts: readonly string[];
  readonly arns: readonly string[];
  /** `AROA…` and `AIDA…`: what is left of deleted principals. */
  readonly deleted: readonly string[];
}

/** The federated providers that the Allow statements name. */
export interface Providers {
  readonly named: readonly string[];
  /** True for `{"Federated": "*"}`, `*` and negated principals, which take providers that they do not name. */
  readonly any: boolean;
}

const WEB_IDENTITY: AssumeAction = 'sts:AssumeRoleWithWebIdentity';

/**
 * For each Allow statement that lets web identities of the provider in by `sts:AssumeRoleWithWebIdentity`: which subjects
 * and audiences. A statement that asks for a claim of another issuer lets none in and is not listed.
 * `issuerKey` is the issuer without scheme.
 */
export function admittedSubjects(
  admitted: Admitted,
  providerArn: string,
  issuerKey: string,
): readonly SubjectGrant[] {
  return subjectGrants(admitted, admitted.grants, providerArn, issuerKey);
}

/** The same for the Deny statements: what they take away from web identities of the provider. */
export function deniedSubjects(
  admitted: Admitted,
  providerArn: string,
  issuerKey: string,
): readonly SubjectGrant[] {
  return subjectGrants(admitted, admitted.exceptions, providerArn, issuerKey);
}

function subjectGrants(
  admitted: Admitted,
  grants: readonly Grant[],
  providerArn: string,
  issuerKey: string,
): readonly SubjectGrant[] {
  const callers = federatedCallers(providerArn, issuerKey);
  const [sub, aud] = [`${issuerKey.toLowerCase()}:sub`, `${issuerKey.toLowerCase()}:aud`];
  return grants
    .filter((grant) => grant.actions.includes(WEB_IDENTITY) && concerns(admitted, grant, callers))
    .map((grant) => ({
      statement: grant.statement,
      subjects: valuesOf(grant, sub),
      audiences: valuesOf(grant, aud),
      others: grant.keys.filter(
        ({ key }) => key !== sub && key !== aud && domainOf(callers, key).kind !== 'absent',
      ),
      undecided: grant.undecided,
    }));
}

/** The providers whose federated users some Allow statement names. */
export function providersOf({ grants }: Admitted): Providers {
  const entries = grants
    .filter(({ principal }) => !principal.negated)
    .flatMap(({ principal }) => principal.entries);
  const named = entries.filter(({ kind }) => kind === 'Federated').map(({ value }) => value);
  const any = grants.some(({ principal }) => principal.everyone !== principal.negated);
  return { named: [...new Set(named)].filter((value) => value !== '*'), any: any || named.includes('*') };
}

/** The Allow statements that let the service in, with what they ask of each key. */
export function serviceGrants(admitted: Admitted, service: string): readonly CallGrant[] {
  return admitted.grants
    .filter((grant) => serviceCallers(service).some((callers) => concerns(admitted, grant, callers)))
    .map(callGrant);
}

/** The Allow statements that may let IAM users and roles in, by `sts:AssumeRole`. */
export function awsGrants({ grants }: Admitted): readonly AwsGrant[] {
  return grants
    .filter((grant) => grant.actions.includes('sts:AssumeRole'))
    .map(awsGrant)
    .filter(
      ({ everyone, accounts, arns, deleted }) =>
        everyone || accounts.length + arns.length + deleted.length > 0,
    );
}

function awsGrant(grant: Grant): AwsGrant {
  const values = grant.principal.negated
    ? []
    : grant.principal.entries.filter(({ kind }) => kind === 'AWS').map(({ value }) => value);
  const accounts = values.flatMap(
    (value) => /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1] ?? [],
  );
  const ofAccount = /^(?:\d{12}|arn:[^:]+:iam::\d{12}:root)$/;
  return {
    ...callGrant(grant),
    accounts: [...new Set(accounts)],
    arns: values.filter((value) => value.startsWith('arn:') && !ofAccount.test(value)),
    deleted: values.filter((value) => /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(value)),
  };
}

function callGrant(grant: Grant): CallGrant {
  return {
    statement: grant.statement,
    actions: grant.actions,
    everyone: grant.principal.everyone !== grant.principal.negated,
    keys: new Map(grant.keys.map(({ key }) => [key, valuesOf(grant, key)])),
    undecided: grant.undecided,
  };
}

/** False when the statement names others, or asks for a key that calls of such callers never carry. */
function concerns(
  { version }: Admitted,
  grant: Grant,
  callers: Exclude<CallerClass, { kind: 'aws' }>,
): boolean {
  if (compilePrincipal(grant.principal)(callers.caller) === 'no') return false;
  const isAbsent = (key: string) => domainOf(callers, key).kind === 'absent';
  return (
    grant.keys.every(({ key, absent }) => absent || !isAbsent(key)) &&
    grant.undecided.every(
      (condition) => !isAbsent(condition.key.toLowerCase()) || conditionLiteral(condition, version).absent,
    )
  );
}

function valuesOf(grant: Grant, key: string): Values {
  const found = grant.keys.find((keySet) => keySet.key === key);
  const sets = (found?.all ?? []).filter((set) => !isEverything(set));
  const exclude = sets.flatMap((set) => set.exclude);
  const lists = sets.map((set) => set.include).filter((include) => !include.some(takesEverything));
  const shortest = lists.toSorted((a, b) => a.length - b.length)[0];
  const include = shortest ?? [{ text: '*', literal: false, ignoreCase: false }];
  return {
    any: sets.length === 0,
    include,
    exclude,
    sets,
    absent: found?.absent ?? true,
  };
}
