import { ADAPTERS } from './index.ts';
import type { ConditionKey, Declared, ResourceType } from './permissions.ts';

/** Where the role is, and whom it must not touch. Partition and account may be tokens of a template. */
export interface WriteRoleOptions {
  readonly partition: string;
  readonly account: string;
  /** ARNs with `*` and `?` of principals for emergencies. */
  readonly breakGlass: readonly string[];
  /** Names of podtrust's own roles, besides those that begin with `podtrust-`. */
  readonly ownRoles: readonly string[];
}

interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy document as IAM takes it. */
export interface WriteRolePolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** Most characters of a managed policy, white space not counted (IAM quotas). */
export const LONGEST_POLICY = 6144;

/**
 * What the write role of an account may do, as managed policies: every call that a change declares, on the resources of
 * that account, and nothing at all with the principals that no fix may touch. Each session is narrowed further, to one
 * change. Break-glass principals are divided so that no policy outgrows its quota.
 */
export function writeRolePolicies(options: WriteRoleOptions): WriteRolePolicy[] {
  const groups = [
    allowed(options),
    denied(options),
    ...parts(options.breakGlass).map(neverTouching(options)),
  ];
  return groups.map((Statement) => ({ Version: '2012-10-17', Statement }));
}

/** Every call that any kind of change makes. */
export function declaredCalls(): readonly Declared[] {
  return Object.values(ADAPTERS).flatMap(({ permissions }) => Object.values(permissions).flat());
}

function allowed(options: WriteRoleOptions): PolicyStatement[] {
  const groups = Map.groupBy(declaredCalls(), ({ on, by }) => `${on} ${MUST_BE_THERE.has(by) ? by : ''}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { on, by } = first;
    const narrowed = by !== undefined && MUST_BE_THERE.has(by);
    return {
      Sid: `Write${camel(on)}${narrowed ? 'Mode' : ''}`,
      Effect: 'Allow',
      Action: [...new Set(group.flatMap(({ actions }) => actions))].sort(),
      Resource: [patternOf(on, options)],
      ...(narrowed ? { Condition: { Null: { [by]: 'false' } } } : {}),
    };
  });
}

/** UpdateClusterConfig changes much else: it is allowed where it is about the authentication mode. */
const MUST_BE_THERE: ReadonlySet<ConditionKey | undefined> = new Set(['eks:authenticationMode']);

const camel = (type: ResourceType): string =>
  type.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Service authorization reference, IAM and EKS: resource types. */
function patternOf(on: ResourceType, { partition, account }: WriteRoleOptions): string {
  const iam = `arn:${partition}:iam::${account}`;
  const eks = `arn:${partition}:eks:*:${account}`;
  switch (on) {
    case 'oidc-provider':
      return `${iam}:oidc-provider/*`;
    case 'role':
    case 'passed-role':
      return `${iam}:role/*`;
    case 'cluster':
      return `${eks}:cluster/*`;
    case 'association':
      return `${eks}:podidentityassociation/*`;
    case 'addon':
      return `${eks}:addon/*`;
    case 'access-entry':
      return `${eks}:access-entry/*`;
  }
}

/**
 * Roles by their names, under any path: podtrust's own, those of IAM Identity Center, of the organization, of StackSets
 * and of the CDK. Patterns of a name, as IAM compares them.
 */
const PROTECTED_NAMES = [
  'podtrust-*',
  'Podtrust*',
  'AWSReservedSSO_*',
  'OrganizationAccountAccessRole',
  'AWSControlTowerExecution',
  'AWSCloudFormationStackSet*',
  'stacksets-exec-*',
  'cdk-*',
];

/** AWS's own paths. */
const PROTECTED_PATHS = ['aws-service-role/*', 'aws-reserved/*'];

function denied({ partition, ownRoles }: WriteRoleOptions): PolicyStatement[] {
  const names = [...PROTECTED_NAMES, ...ownRoles.filter((name) => !name.startsWith('podtrust-'))];
  const roles = [
    ...names.flatMap((name) => [`role/${name}`, `role/*/${name}`]),
    ...PROTECTED_PATHS.map((path) => `role/${path}`),
  ].map((resource) => `arn:${partition}:iam::*:${resource}`);
  return never(
    roles,
    [`arn:${partition}:iam::*:root`],
    names.map((name) => `arn:${partition}:eks:*:*:access-entry/*/role/*/${name}/*`),
  );
}

const neverTouching =
  ({ partition }: WriteRoleOptions) =>
  (principals: readonly string[]): PolicyStatement[] =>
    never(
      principals,
      [],
      principals.flatMap(entryOf).map((entry) => `arn:${partition}:eks:*:*:access-entry/*/${entry}`),
    );

/** As resources of IAM, as principals that a call names, and as the entries that bear their names. */
function never(
  principals: readonly string[],
  more: readonly string[],
  entries: readonly string[],
): PolicyStatement[] {
  return [
    { Sid: 'NeverRoles', Effect: 'Deny', Action: ['iam:*'], Resource: principals },
    {
      Sid: 'NeverPrincipals',
      Effect: 'Deny',
      Action: ['eks:*'],
      Resource: ['*'],
      Condition: { ArnLike: { 'eks:principalArn': [...principals, ...more] } },
    },
    ...(entries.length === 0
      ? []
      : [{ Sid: 'NeverEntries', Effect: 'Deny' as const, Action: ['eks:*'], Resource: entries }]),
  ];
}

/** Characters of ARNs in one policy, where each stands three times. */
const PART = 1500;

function parts(arns: readonly string[]): string[][] {
  const made: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const arn of arns) {
    length += arn.length;
    if (length > PART) {
      made.push([]);
      length = arn.length;
    }
    made.at(-1)?.push(arn);
  }
  return made;
}

/** `arn:aws:iam::111122223333:role/path/rescue` → `role/111122223333/rescue/*`, as the ARN of its entry has it. */
function entryOf(arn: string): string[] {
  const [, , , , account, ...rest] = arn.split(':');
  const [kind, ...path] = rest.join(':').split('/');
  const name = path.at(-1);
  return account === undefined || name === undefined ? [] : [`${kind}/${account || '*'}/${name}/*`];
}
