import type { Change } from '../changes/change.ts';
import type { Finding } from '../findings/finding.ts';

/** Whether a finding is about something that one of some changes changed, or that follows from it. */
export function touches(finding: Finding, changes: readonly Change[]): boolean {
  return changes.some((change) => touchesOne(finding, change));
}

function touchesOne(finding: Finding, change: Change): boolean {
  const { target } = change;
  const named = new Set([finding.role, finding.principal, ...listed(finding.evidence['roles'])]);
  switch (change.kind) {
    case 'trust-policy':
      return named.has(change.target.arn);
    case 'oidc-provider':
      // Every trust that names the provider wakes with it.
      return finding.account === target.account;
    case 'access-entry':
    case 'access-policy':
      return named.has(change.target.principal) || inCluster(finding, change.target);
    case 'pod-identity-association':
    case 'addon':
    case 'aws-auth':
    case 'authentication-mode':
    case 'service-account-annotation':
      return inCluster(finding, change.target) || rolesOf(change).some((role) => named.has(role));
  }
}

const listed = (value: Finding['evidence'][string] | undefined): readonly string[] =>
  Array.isArray(value) ? value : [];

function inCluster(
  finding: Finding,
  { region, cluster }: { readonly region: string; readonly cluster: string },
): boolean {
  return finding.region === region && finding.cluster === cluster;
}

/** The roles that a change binds or binds no more. */
function rolesOf({ before, after }: Change): readonly string[] {
  return [before, after].flatMap((state) => {
    if (typeof state === 'string') return [state];
    if (state === null) return [];
    return [
      'roleArn' in state ? state.roleArn : undefined,
      'targetRoleArn' in state ? state.targetRoleArn : undefined,
      'serviceAccountRoleArn' in state ? state.serviceAccountRoleArn : undefined,
      ...('podIdentityAssociations' in state
        ? (state.podIdentityAssociations ?? []).map(({ roleArn }) => roleArn)
        : []),
    ].filter((arn) => arn !== undefined);
  });
}
