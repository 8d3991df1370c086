import type { Change } from '../change.ts';

/** The add-on without which no association gives its role: which roles it opens, only the cluster says. */
const AGENT = 'eks-pod-identity-agent';

/**
 * ARNs of the roles that a change is about: whose trust policy it edits, or that it gives or takes; null: which they are
 * is not in the change. Access to clusters opens no role.
 */
export function rolesOpened(change: Change): readonly string[] | null {
  switch (change.kind) {
    case 'trust-policy':
      return [change.target.arn];
    case 'pod-identity-association':
      return distinct(
        [change.before, change.after].flatMap((state) => [state?.roleArn, state?.targetRoleArn]),
      );
    case 'addon':
      if (change.target.addon === AGENT) return null;
      return distinct(
        [change.before, change.after].flatMap((state) => [
          state?.serviceAccountRoleArn,
          ...(state?.podIdentityAssociations ?? []).map(({ roleArn }) => roleArn),
        ]),
      );
    case 'service-account-annotation': {
      const named = distinct([change.before ?? undefined, change.after ?? undefined]);
      return named.every((text) => ROLE_ARN.test(text)) ? named : null;
    }
    case 'oidc-provider':
      return null;
    case 'access-entry':
    case 'access-policy':
    case 'aws-auth':
    case 'authentication-mode':
      return [];
  }
}

const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/.+$/;

function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}

/** A role as the target of a change: to read its tags. */
export function roleAsTarget(arn: string): Change | null {
  const account = /^arn:[\w-]+:iam::(\d{12}):role\/.+$/.exec(arn)?.[1];
  return account === undefined
    ? null
    : { kind: 'trust-policy', target: { account, arn }, before: null, after: null };
}
