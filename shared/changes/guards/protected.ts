import { globMatcher } from '../../iam/glob.ts';
import type { Verdict } from '../applying.ts';
import type { Change } from '../change.ts';
import { mappedPrincipals } from './mapped-principals.ts';

/** Principals that nobody's fix may touch, whatever is configured or approved. */
export interface Protected {
  /** ARNs with * and ? (access.breakGlass of the configuration). */
  readonly breakGlass: readonly string[];
  /** Names of podtrust's own roles besides those that begin with podtrust-. */
  readonly ownRoles: readonly string[];
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^podtrust-/i, "podtrust's own role"],
  [/^AWSReservedSSO_/i, 'a role of IAM Identity Center'],
  [/^OrganizationAccountAccessRole$/i, "the organization's way into the account"],
  [/^AWSControlTowerExecution$/i, "AWS Control Tower's way into the account"],
  [/^AWSCloudFormationStackSet(?:Execution|Administration)Role$|^stacksets-exec-/i, 'a role of StackSets'],
  [/^cdk-[a-z0-9]+-(?:deploy|cfn-exec|file-publishing|image-publishing|lookup)-role-/i, 'a role of the CDK'],
];

/** Service-linked, deployment, single sign-on, break-glass and podtrust's own principals are never written. */
export function decideProtected(change: Change, { breakGlass, ownRoles }: Protected): Verdict {
  for (const arn of principalsOf(change)) {
    const why = protection(arn, breakGlass, ownRoles);
    if (why !== null) return { allowed: false, reason: `${arn} is ${why}: it is never written` };
  }
  const mapped = change.kind === 'aws-auth' ? mappedPrincipals(change) : [];
  for (const arn of mapped) {
    const why = mappedProtection(arn, breakGlass, ownRoles);
    if (why !== null) return { allowed: false, reason: `${arn} is ${why}: its row is never written` };
  }
  return { allowed: true };
}

/**
 * Whether a row of aws-auth, its ARN in lower case, is one's way in that has to stay: roles of AWS and of deployments are
 * not changed by what a row says. Rows name roles without their path (EKS user guide, "aws-auth").
 */
function mappedProtection(
  arn: string,
  breakGlass: readonly string[],
  ownRoles: readonly string[],
): string | null {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  if (name.startsWith('podtrust-') || ownRoles.some((own) => own.toLowerCase() === name))
    return "podtrust's own role";
  const patterns = breakGlass.map((pattern) => pattern.toLowerCase());
  const isMeant = (pattern: string) =>
    globMatcher(pattern)(arn) || globMatcher(pattern.replace(/:role\/.*\//, ':role/'))(arn);
  return patterns.some(isMeant) ? 'a break-glass principal' : null;
}

function protection(arn: string, breakGlass: readonly string[], ownRoles: readonly string[]): string | null {
  const resource = arn.split(':').slice(5).join(':');
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  if (resource === 'root') return "the account's root";
  if (/^role\/aws-service-role\//i.test(resource)) return 'a service-linked role';
  if (/^role\/aws-reserved\//i.test(resource)) return 'a role of IAM Identity Center';
  if (ownRoles.some((own) => own.toLowerCase() === name.toLowerCase())) return "podtrust's own role";
  if (breakGlass.some((pattern) => globMatcher(pattern)(arn))) return 'a break-glass principal';
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** The principals whose trust or access a change writes, and those that it would hand to pods. */
function principalsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'trust-policy':
      return [change.target.arn];
    case 'access-entry':
    case 'access-policy':
      return [change.target.principal];
    case 'pod-identity-association':
      return [change.before, change.after].flatMap((state) =>
        state === null
          ? []
          : [state.roleArn, ...(state.targetRoleArn === undefined ? [] : [state.targetRoleArn])],
      );
    case 'addon':
      return [change.after].flatMap((state) =>
        state === null
          ? []
          : [
              ...(state.serviceAccountRoleArn === undefined ? [] : [state.serviceAccountRoleArn]),
              ...(state.podIdentityAssociations ?? []).map(({ roleArn }) => roleArn),
            ],
      );
    case 'service-account-annotation':
      return change.after === null || !change.after.startsWith('arn:') ? [] : [change.after];
    case 'oidc-provider':
    case 'aws-auth':
    case 'authentication-mode':
      return [];
  }
}
