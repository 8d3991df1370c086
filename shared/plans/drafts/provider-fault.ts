import type { Config } from '../../config/config.ts';
import type { AccountView, RoleView } from '../../estate/estate.ts';
import { globMatcher } from '../../iam/glob.ts';
import type { AnnotatedWithRole } from '../../identity/annotated.ts';
import type { Repair } from '../../identity/chain.ts';
import type { Fault } from '../../identity/fault.ts';
import { parseProviderArn } from '../../identity/issuer.ts';
import { parseSubject, subjectOf } from '../../identity/service-account.ts';
import { intendedSubjects } from '../../rules/intent.ts';
import { withConditionsReplaced } from '../../rules/policy-change.ts';
import { type Draft, declined } from '../draft.ts';
import { draftTrust } from '../trust/edit-trust.ts';
import { draftProvider } from './provider.ts';

/** A fault of a trust policy, or of the provider that it needs, with whom it keeps out. */
export interface FaultyTrust {
  readonly fault: Fault;
  readonly account: AccountView;
  readonly role: RoleView | null;
  readonly roles: readonly string[];
  readonly affected: readonly AnnotatedWithRole[];
  readonly addonRoles: readonly string[];
}

/** The provider that a cluster's workloads lack. */
export function draftFaultyProvider(
  { fault, account, roles, affected, addonRoles }: FaultyTrust,
  config: Config,
): Draft {
  const { cluster, evidence } = fault;
  if (typeof evidence['audience'] === 'string')
    return declined(
      `The audience ${evidence['audience']} comes from an annotation: tokens that are handed to a third party would be good for STS. Change the annotation, or let the provider take it by hand.`,
    );
  if (cluster === undefined) return declined('No cluster that was read has the issuer.');
  const known = cluster.kubernetes.missing('serviceAccounts') === null;
  const using = [...affected.map(({ annotation }) => annotation.arn), ...addonRoles];
  return draftProvider({
    account,
    cluster,
    config,
    meant: new Set(known ? using : roles),
    wish: wishOf(fault, affected),
  });
}

/** The edit that lets in whom a trust policy, or what asks for its role, means. */
export function draftFaultyTrust(
  { fault, role, affected }: FaultyTrust,
  repair: Repair,
  config: Config,
): Draft {
  if (role === null) return declined(repair.text);
  const own = narrowed(fault, role, affected, config);
  // Whoever annotates a ServiceAccount makes no other plan than that for those whom bindings declare.
  const isOwn = repair.after === undefined || (fault.repair === null && own.isDeclared && own.after);
  const edit: Narrowed = isOwn ? own : repair;
  if (edit.after === undefined) return declined(repair.text, edit.text);
  const { leftOut = [] } = edit;
  return draftTrust(role, edit, {
    title: titleOf(role, edit.text),
    wish: wishOf(fault, affected),
    ...(leftOut.length > 0 && { notes: [leftOutWords(leftOut)] }),
  });
}

/** The title of a plan that does what a repair says; the diff shows the rest. */
export function titleOf({ name }: RoleView, text: string): string {
  const [summary = ''] = text.split(': ');
  return `Trust policy of ${name}: ${summary.replace(/\.$/, '')}.`;
}

function wishOf({ detail }: Fault, affected: readonly AnnotatedWithRole[]): string {
  const [only] = affected;
  if (only === undefined) return `what the trust policy itself seems to mean: ${detail}`;
  const names = affected
    .slice(0, 10)
    .map(
      ({ namespace, serviceAccount, cluster }) => `${namespace}/${serviceAccount} of ${cluster.cluster.name}`,
    );
  return `the annotation of ${names.join(', ')}, which whoever may edit the ServiceAccount wrote`;
}

function leftOutWords(subjects: readonly string[]): string {
  return `Left out, since an annotation alone asks for it and bindings declare others: ${subjects.slice(0, 20).join(', ')}. Each has a finding and a plan of its own afterwards (no-untrusted-service-account).`;
}

interface Narrowed extends Repair {
  /** Subjects that ask for the role by annotation and are not declared, where others are: nobody approves them along. */
  readonly leftOut?: readonly string[];
  /** True where bindings declare everybody whom it names anew. */
  readonly isDeclared?: boolean;
}

/**
 * Subjects that count for nothing (wildcards under an operator without them, names that nobody has), replaced by the
 * ServiceAccounts in use; never by a pattern that counts. Those that count stay. Where bindings declare somebody, the
 * declared alone: whoever annotates a ServiceAccount must not come in with them.
 */
function narrowed(
  fault: Fault,
  role: RoleView,
  affected: readonly AnnotatedWithRole[],
  config: Config,
): Narrowed {
  const statement = role.trust().policy?.statements[fault.statement ?? -1];
  const { provider } = fault.evidence;
  const issuer = typeof provider === 'string' ? parseProviderArn(provider)?.issuer : undefined;
  const literal = fault.rule === 'no-literal-wildcard';
  if (statement === undefined || issuer === undefined || !(literal || fault.rule === 'no-malformed-subject'))
    return { text: NOT_ONE };
  const key = `${issuer.key.toLowerCase()}:sub`;
  const conditions = statement.conditions.filter((one) => one.key.toLowerCase() === key);
  const values = conditions.flatMap((one) => one.values);
  const fits = literal ? values.map(globMatcher) : [() => true];
  const asking = affected.map(({ namespace, serviceAccount }) => subjectOf(namespace, serviceAccount));
  const fitting = (subjects: readonly string[]) =>
    subjects.filter((subject) => fits.some((matches) => matches(subject)));
  const declaredUsers = fitting(intendedSubjects(config, role, fault.cluster ?? null));
  const users = declaredUsers.length > 0 ? declaredUsers : fitting(asking);
  if (users.length === 0) return { text: NOBODY };
  const kept = values.filter((value) => parseSubject(value) !== null);
  const subjects = [...new Set([...kept, ...users])].sort();
  return {
    isDeclared: declaredUsers.length > 0,
    leftOut: fitting(asking).filter((subject) => !subjects.includes(subject)),
    text: `Name ${subjects.join(', ')} under StringEquals, in place of what counts for nothing.`,
    ...withConditionsReplaced(
      role,
      [{ statement, conditions }],
      'StringEquals',
      `${issuer.key}:sub`,
      subjects,
    ),
  };
}

const NOBODY =
  'Nobody is known to use it: no binding of podtrust.config.json and no annotation of a ServiceAccount that was read names a subject that fits.';
const NOT_ONE =
  'Which single edit is meant cannot be told: declare the ServiceAccount under bindings in podtrust.config.json, or edit the statement by hand.';
