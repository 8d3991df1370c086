import { type Documents, managedStatements, statementsOf } from './escalations/documents.ts';
import { grantsAnything, policySet, type Sourced } from './escalations/grants.ts';
import {
  adminReason,
  dataReasons,
  type Holder,
  hasData,
  ownArns,
  type PrivilegeReason,
  pathReasons,
} from './escalations/reasons.ts';
import type { Home } from './escalations/resources.ts';

/**
 * What a role's permissions lead to. `admin`: everything, or writing IAM at will. `escalation`: a known path to more
 * than it was given. `data`: reading or writing what services keep. `limited`: something else. `none`: nothing.
 * `unknown`: documents that were not read decide.
 */
export type Grade = 'admin' | 'escalation' | 'data' | 'limited' | 'none' | 'unknown';

export interface Privileges {
  readonly grade: Grade;
  /** Worst first; each with the policies that it comes from. Worked out when first read: most are never shown. */
  readonly reasons: readonly PrivilegeReason[];
  /** ARNs of managed policies, and names of lists or inline policies, that were not read. */
  readonly missing: readonly string[];
}

export interface PrivilegeInput {
  /** Absent: not read. */
  readonly inline?: readonly { readonly name: string; readonly document: string }[];
  /** ARNs of attached managed policies. Absent: not read. */
  readonly attached?: readonly string[];
  /** Pure: its answers are remembered while it lives, so that shared policies are parsed once. */
  readonly documents: Documents;
  /** ARN of the permissions boundary. */
  readonly boundary?: string;
  /** The role's own ARN, where known: permissions on itself are told apart, and its account and partition are known. */
  readonly role?: string;
}

/**
 * Grades what a role may do: Allow minus every unconditional Deny that covers it, within the boundary (IAM user guide,
 * Policy evaluation logic). A conditional Allow counts, with "under conditions" in its reason; a conditional Deny takes
 * nothing away. Service control policies, resource policies and session policies are not looked at.
 *
 * What was not read (`missing`) can only add permissions, apart from a Deny in it: so `admin` and `escalation` stand
 * with documents missing, and every other grade turns `unknown`. With the boundary unread nothing is sure but `none`.
 * The reasons then say what is known. Never throws.
 */
export function gradePrivileges(input: PrivilegeInput): Privileges {
  let reasons: Privileges['reasons'] | undefined;
  return {
    ...graded(input),
    get reasons() {
      reasons ??= reasonsOf(holderOf(input, collect(input).sources));
      return reasons;
    },
  };
}

function graded(input: PrivilegeInput): Pick<Privileges, 'grade' | 'missing'> {
  const { sources, missing } = collect(input);
  const sure = sureGrade(holderOf(input, sources));
  if (input.boundary !== undefined && managedStatements(input.boundary, input.documents) === null) {
    const grade = sure === 'none' && missing.length === 0 ? 'none' : 'unknown';
    return { grade, missing: [...missing, input.boundary] };
  }
  const stands = missing.length === 0 || sure === 'admin' || sure === 'escalation';
  return { grade: stands ? sure : 'unknown', missing };
}

function holderOf(input: PrivilegeInput, sources: readonly Sourced[]): Holder {
  const bounds = input.boundary === undefined ? null : managedStatements(input.boundary, input.documents);
  return {
    set: policySet(sources),
    boundary: bounds && policySet(bounds),
    home: homeOf(input, sources),
    own: ownArns(input.role, input.attached ?? []),
  };
}

interface Collected {
  readonly sources: readonly Sourced[];
  readonly missing: readonly string[];
}

function collect({ inline, attached, documents }: PrivilegeInput): Collected {
  const read = [
    ...(inline ?? []).map(({ name, document }) => ({ name, found: statementsOf(name, document) })),
    ...(attached ?? []).map((arn) => ({ name: arn, found: managedStatements(arn, documents) })),
  ];
  const unread = read.filter(({ found }) => found === null).map(({ name }) => name);
  const lists = [...(inline ? [] : ['inline policies']), ...(attached ? [] : ['attached policies'])];
  return { sources: read.flatMap(({ found }) => found ?? []), missing: [...lists, ...unread] };
}

const ORDER: readonly PrivilegeReason['grade'][] = ['admin', 'escalation', 'data', 'limited'];

/** An administrator's other reasons are left out: they follow. */
function reasonsOf(holder: Holder): readonly PrivilegeReason[] {
  const admin = adminReason(holder);
  if (admin !== null) return [admin];
  const reasons = [...pathReasons(holder), ...dataReasons(holder)];
  return ORDER.flatMap((grade) => reasons.filter((reason) => reason.grade === grade));
}

/** The grade of the worst of {@link reasonsOf}, without putting them in words. */
function sureGrade(holder: Holder): Grade {
  if (adminReason(holder) !== null) return 'admin';
  const paths = pathReasons(holder);
  if (paths.some(({ grade }) => grade === 'escalation')) return 'escalation';
  if (hasData(holder)) return 'data';
  return paths.length > 0 || grantsAnything(holder.set, holder.boundary) ? 'limited' : 'none';
}

const IAM_ARN = /^arn:([a-z0-9-]+):iam::(\d{12}|aws):/;
const ANY_ARN = /^arn:([a-z0-9-]+):/;

/** Account and partition, from the first ARN that tells them. */
function homeOf({ role, attached, boundary }: PrivilegeInput, sources: readonly Sourced[]): Home {
  const [, ownPartition, ownAccount] = IAM_ARN.exec(role ?? '') ?? [];
  if (ownPartition !== undefined && ownAccount !== undefined && ownAccount !== 'aws')
    return { partition: ownPartition, account: ownAccount };
  const arns = [role, boundary, ...(attached ?? [])].flatMap((arn) => (arn === undefined ? [] : [arn]));
  const matches = arns.flatMap((arn) => [IAM_ARN.exec(arn) ?? []]);
  const partition = matches.find((match) => match[1] !== undefined)?.[1] ?? partitionIn(sources) ?? 'aws';
  const account = matches.find((match) => match[2] !== undefined && match[2] !== 'aws')?.[2] ?? '*';
  return { partition, account };
}

function partitionIn(sources: readonly Sourced[]): string | undefined {
  for (const { statement } of sources) {
    for (const pattern of statement.resource.patterns) {
      const partition = ANY_ARN.exec(pattern)?.[1];
      if (partition !== undefined) return partition;
    }
  }
  return undefined;
}
