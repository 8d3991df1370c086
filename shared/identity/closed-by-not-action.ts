import type { Statement } from '../iam/policy.ts';
import { POD_IDENTITY_SERVICE } from './service-account.ts';

/**
 * Whether a NotAction that takes away the one action by which a statement's principals come in leaves nobody in: all of
 * them are web identities, or Pod Identity alone. Others (SAML, roles, both kinds together) may come in another way.
 */
export function isClosedByNotAction({ principal, action }: Statement): boolean {
  if (!action.negated || principal === undefined || principal.negated || principal.everyone) return false;
  const { entries } = principal;
  const web = entries.every(({ kind, value }) => kind === 'Federated' && value.includes(':oidc-provider/'));
  const pods = entries.every(
    ({ kind, value }) => kind === 'Service' && value.toLowerCase() === POD_IDENTITY_SERVICE,
  );
  return entries.length > 0 && (web || pods);
}
