import type { Change, ChangeOf } from '../../shared/changes/change.ts';

/** What somebody lets a role trust who does not look at what was there. */
export const THEIR_TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["pods.eks.amazonaws.com"]},"Action":["sts:AssumeRole","sts:TagSession"]}]}';

/**
 * What somebody else makes of a change's target meanwhile, as changes of its own: neither what the plan found nor what it
 * wants. None where there is nothing yet of which it could be made, but by the changes before it.
 */
export function meddled(change: Change, theirs: string): Change[] {
  switch (change.kind) {
    case 'trust-policy':
      return [{ ...change, after: THEIR_TRUST }];
    case 'oidc-provider':
      return [{ ...change, after: otherAudience(change) }];
    case 'pod-identity-association':
      return [{ ...change, after: { ...change.before, roleArn: theirs } }];
    case 'addon':
      return [{ ...change, after: { ...change.before, serviceAccountRoleArn: theirs } }];
    case 'access-entry':
      return otherEntry(change);
    case 'access-policy':
      return change.before === null
        ? []
        : [{ ...change, after: { type: 'namespace', namespaces: ['theirs'] } }];
    case 'aws-auth':
      return [{ ...change, after: { data: { ...change.before?.data, theirs: 'kept' } } }];
    case 'service-account-annotation':
      return [{ ...change, after: theirs }];
    case 'authentication-mode':
      return [];
  }
}

function otherAudience({ before, target: { arn } }: ChangeOf<'oidc-provider'>) {
  if (before !== null) return { ...before, clientIds: [...before.clientIds, 'theirs'].sort() };
  const host = arn.slice(arn.indexOf('oidc-provider/') + 'oidc-provider/'.length);
  return { url: `https://${host}`, clientIds: ['theirs'] };
}

/** Entries of nodes have the groups that EKS gives them: another one is made anew. */
function otherEntry(change: ChangeOf<'access-entry'>): Change[] {
  const { before } = change;
  const theirs = { type: 'STANDARD', groups: ['theirs'] };
  if (before === null) return [{ ...change, after: theirs }];
  if (before.type === 'STANDARD') return [{ ...change, after: { ...before, groups: ['theirs'] } }];
  return [
    { ...change, after: null },
    { ...change, before: null, after: theirs },
  ];
}
