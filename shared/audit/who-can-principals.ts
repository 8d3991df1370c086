import type { Grant } from '../iam/admitted-types.ts';
import { parseArn } from '../iam/arn.ts';
import { decide } from '../iam/evaluate.ts';
import type { PrincipalEntry } from '../iam/policy.ts';
import { assumeRoleRequests } from '../iam/requests.ts';
import type { Verdict } from '../identity/chain.ts';
import { parseProviderArn } from '../identity/issuer.ts';
import { rolePermits } from '../identity/role-permits.ts';
import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';
import type { Way } from './who-can.ts';
import type { GrantContext } from './who-can-web-identity.ts';
import { conditionWords } from './who-can-words.ts';

/** The ways of one grant that go by anything but OIDC tokens: roles, users, accounts, services, SAML, everyone. */
export function principalWays(grant: Grant, context: GrantContext): Way[] {
  const { principal, actions } = grant;
  if (actions.length === 0) return [];
  const conditions = conditionWords(grant, []);
  const base = { through: [], statement: grant.statement, conditions };
  if (principal.everyone || principal.negated) {
    const besides = principal.entries.map(({ value }) => value).join(', ');
    const who = principal.negated ? `everyone but ${besides}` : 'everyone';
    const detail = `${principal.negated ? 'NotPrincipal' : 'The principal *'} lets in every AWS principal${conditions.length > 0 ? ' that meets the conditions' : ''}.`;
    return [{ ...base, door: 'everyone', who, verdict: 'works', detail }];
  }
  return principal.entries.flatMap((entry) => entryWays(entry, grant, base, context));
}

type Base = Pick<Way, 'through' | 'statement' | 'conditions'>;

function entryWays(entry: PrincipalEntry, grant: Grant, base: Base, context: GrantContext): Way[] {
  const { value, kind } = entry;
  if (kind === 'Service') return [serviceWay(value, grant, base, context)];
  if (kind === 'Federated') {
    if (value === '*' || parseProviderArn(value) !== null) return [];
    return [
      {
        ...base,
        door: 'federation',
        who: value,
        verdict: 'works',
        detail: `Sessions federated by ${value}.`,
      },
    ];
  }
  if (!grant.actions.includes('sts:AssumeRole')) return [];
  if (/^(AROA|AIDA)/.test(value)) {
    const detail = `${value} is what IAM left of a principal that was deleted: nobody has it.`;
    return [{ ...base, door: 'role-chain', who: value, verdict: 'broken', detail }];
  }
  const arn = parseArn(value);
  if (arn === null || arn.resource === 'root') {
    const account = arn?.account ?? value;
    const detail = `Every principal of account ${account} whose own policies allow sts:AssumeRole on the role.`;
    return [{ ...base, door: 'role-chain', who: value, verdict: 'works', detail }];
  }
  return [principalWay(value, arn.account, base, context)];
}

/** What the trust policy leaves to whoever may create associations, or to another service. */
function serviceWay(service: string, grant: Grant, base: Base, { role }: GrantContext): Way {
  if (service.toLowerCase() !== POD_IDENTITY_SERVICE) {
    return {
      ...base,
      door: 'service',
      who: service,
      verdict: 'works',
      detail: `The service ${service} on behalf of whoever passes it the role.`,
    };
  }
  const narrowed =
    grant.keys.length === 0
      ? 'in any cluster of the account, for any ServiceAccount'
      : 'as far as the conditions go';
  return {
    ...base,
    door: 'pod-identity',
    who: 'whoever may create Pod Identity associations',
    verdict: 'works',
    detail: `With eks:CreatePodIdentityAssociation and iam:PassRole in account ${role.account.id} the role can be given to ServiceAccounts ${narrowed}.`,
  };
}

/** A role or user that the trust policy names: does it let them in, and may they ask? */
function principalWay(who: string, account: string, base: Base, { role, estate }: GrantContext): Way {
  const { compiled } = role.trust();
  const { assume } = assumeRoleRequests({ principalArn: who, account });
  const outcome = compiled === null ? 'denied' : decide(compiled, assume);
  const way = (verdict: Verdict, detail: string): Way => ({
    ...base,
    door: 'role-chain',
    who,
    verdict,
    detail,
  });
  if (outcome === 'denied') {
    const detail =
      base.conditions.length > 0
        ? 'lets them in only under conditions that this call does not meet'
        : 'denies them by another statement';
    return way(
      base.conditions.length > 0 ? 'unknown' : 'broken',
      `The trust policy names ${who} and ${detail}.`,
    );
  }
  if (outcome === 'undecided')
    return way('unknown', `The trust policy lets ${who} in under conditions that hang on the request.`);
  const first = estate.roleByArn.get(who);
  if (account === role.account.id)
    return way('works', `The trust policy names ${who}, which is enough within one account.`);
  if (first === undefined)
    return way('unknown', `${who} may come in if its own policies allow sts:AssumeRole; they were not read.`);
  const permission = rolePermits(first, { ...assume, resource: role.role.arn }, estate);
  if (permission.kind === 'allowed')
    return way('works', `${who} is let in, and its own policies allow it to ask.`);
  if (permission.kind === 'refused') return way('broken', `${who} is let in, but ${permission.reason}.`);
  return way('unknown', `${who} is let in; whether it may ask is not known: ${permission.reason}.`);
}
