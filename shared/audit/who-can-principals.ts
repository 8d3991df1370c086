import type { Grant } from '../iam/admitted-types.ts';
import { parseArn } from '../iam/arn.ts';
import { decide } from '../iam/evaluate.ts';
import { EVERY_STRING } from '../iam/languages/sets.ts';
import type { PrincipalElement, PrincipalEntry } from '../iam/policy.ts';
import { assumeRoleRequests } from '../iam/requests.ts';
import type { Verdict } from '../identity/chain.ts';
import { parseProviderArn } from '../identity/issuer.ts';
import { rolePermits } from '../identity/role-permits.ts';
import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';
import { OPEN_PROVIDERS } from '../rules/doors/outsider.ts';
import type { Way } from './who-can.ts';
import {
  AWS_SERVICES,
  IAM_PRINCIPALS,
  type Judged,
  judgeCalls,
  judgePods,
  only,
  onlyAdds,
} from './who-can-calls.ts';
import type { GrantContext } from './who-can-web-identity.ts';
import { conditionWords } from './who-can-words.ts';

/** The ways of one grant that go by anything but OIDC tokens: roles, users, accounts, services, SAML, everyone. */
export function principalWays(grant: Grant, context: GrantContext): Way[] {
  const { principal, actions } = grant;
  if (actions.length === 0) return [];
  const base = { through: [], statement: grant.statement, conditions: conditionWords(grant, []) };
  if (principal.everyone || principal.negated)
    return [...everyoneWays(grant, base, context), ...publicWays(grant, principal, base, context)];
  return principal.entries.flatMap((entry) => entryWays(entry, grant, base, context));
}

type Base = Pick<Way, 'through' | 'statement' | 'conditions'>;

/** Everyone is every AWS principal, or where the conditions ask for a service, every service. */
function everyoneWays(grant: Grant, base: Base, { sets }: GrantContext): Way[] {
  const { principal, actions } = grant;
  if (!actions.includes('sts:AssumeRole')) return [];
  const besides = principal.entries.map(({ value }) => value).join(', ');
  const who = principal.negated ? `everyone but ${besides}` : 'everyone';
  const named = principal.negated ? 'NotPrincipal' : 'The principal *';
  const provided = base.conditions.length > 0 ? ' that meets the conditions' : '';
  const call = { principal, action: 'sts:AssumeRole' } as const;
  const aws = judgeCalls(sets, grant, { ...call, asking: IAM_PRINCIPALS });
  const way = (judged: Judged, detail: string): Way => ({
    ...base,
    door: 'everyone',
    who,
    verdict: judged.verdict,
    detail: withWords(detail, judged),
  });
  if (aws.verdict === 'broken') {
    const services = judgeCalls(sets, grant, { ...call, asking: AWS_SERVICES });
    if (services.verdict !== 'broken')
      return [way(services, `${named} lets in every AWS service${provided}, and no other AWS principal.`)];
    return [way(aws, `${named} means every AWS principal.`)];
  }
  return [way(aws, `${named} lets in every AWS principal${provided}.`)];
}

/** Providers that no account has to create: whoever has a login there has a web identity. */
function publicWays(grant: Grant, principal: PrincipalElement, base: Base, { sets }: GrantContext): Way[] {
  if (!grant.actions.includes('sts:AssumeRoleWithWebIdentity')) return [];
  return OPEN_PROVIDERS.flatMap((provider): Way[] => {
    const federated = principal.negated
      ? principal
      : only({ kind: 'Federated', value: provider, pointer: '' });
    const asking = principal.negated ? [{ key: `${provider}:sub`, all: [EVERY_STRING], absent: false }] : [];
    const judged = judgeCalls(sets, grant, {
      principal: federated,
      action: 'sts:AssumeRoleWithWebIdentity',
      asking,
    });
    if (judged.verdict === 'broken') return [];
    const detail = withWords(`Web identities of ${provider}, which exists in every account.`, judged);
    return [{ ...base, door: 'federation', who: provider, verdict: judged.verdict, detail }];
  });
}

function entryWays(entry: PrincipalEntry, grant: Grant, base: Base, context: GrantContext): Way[] {
  const { value, kind } = entry;
  const { sets } = context;
  const principal = only(entry);
  if (kind === 'Service') {
    const adds = onlyAdds(sets, grant, { kind: 'service', service: value }, 'sts:AssumeRole');
    return adds ? [] : [serviceWay(value, grant, base, context)];
  }
  if (kind === 'Federated') {
    if (value === '*') return publicWays(grant, principal, base, context);
    if (parseProviderArn(value) !== null) return [];
    const saml = value.includes(':saml-provider/');
    const action = saml ? 'sts:AssumeRoleWithSAML' : 'sts:AssumeRoleWithWebIdentity';
    if (onlyAdds(sets, grant, { kind: 'federated', provider: value }, action)) return [];
    const judged = judgeCalls(sets, grant, { principal, action });
    const detail = withWords(`Sessions federated by ${value}.`, judged);
    return [{ ...base, door: 'federation', who: value, verdict: judged.verdict, detail }];
  }
  if (!grant.actions.includes('sts:AssumeRole')) return [];
  if (/^(AROA|AIDA)/.test(value)) {
    const detail = `${value} is what IAM left of a principal that was deleted: nobody has it.`;
    return [{ ...base, door: 'role-chain', who: value, verdict: 'broken', detail }];
  }
  const judged = judgeCalls(sets, grant, { principal, action: 'sts:AssumeRole' });
  const arn = parseArn(value);
  if (arn === null || arn.resource === 'root') {
    const account = arn?.account ?? value;
    const detail = `Every principal of account ${account} whose own policies allow sts:AssumeRole on the role.`;
    const { verdict } = judged;
    return [{ ...base, door: 'role-chain', who: value, verdict, detail: withWords(detail, judged) }];
  }
  if (judged.verdict === 'broken') {
    const detail = withWords(`The trust policy names ${value}.`, judged);
    return [{ ...base, door: 'role-chain', who: value, verdict: 'broken', detail }];
  }
  return [principalWay(value, arn.account, base, context)];
}

function withWords(detail: string, { words }: Judged): string {
  return words === '' ? detail : `${detail} ${words}`;
}

/** What the trust policy leaves to whoever may create associations, or to another service. */
function serviceWay(service: string, grant: Grant, base: Base, { role, sets }: GrantContext): Way {
  if (service !== POD_IDENTITY_SERVICE) {
    const principal = only({ kind: 'Service', value: service, pointer: grant.principal.pointer });
    const judged: Judged =
      service.toLowerCase() === POD_IDENTITY_SERVICE
        ? { verdict: 'broken', words: `Upper and lower case count: EKS calls as ${POD_IDENTITY_SERVICE}.` }
        : judgeCalls(sets, grant, { principal, action: 'sts:AssumeRole' });
    return {
      ...base,
      door: 'service',
      who: service,
      verdict: judged.verdict,
      detail: withWords(`The service ${service} on behalf of whoever passes it the role.`, judged),
    };
  }
  const judged = judgePods(sets, grant, role);
  const narrowed =
    grant.keys.length === 0
      ? 'in any cluster of the account, for any ServiceAccount'
      : 'as far as the conditions go';
  const detail =
    judged.verdict === 'broken'
      ? `No Pod Identity association can use the role by this statement.`
      : `With eks:CreatePodIdentityAssociation and iam:PassRole in account ${role.account.id} the role can be given to ServiceAccounts ${narrowed}.`;
  return {
    ...base,
    door: 'pod-identity',
    who: 'whoever may create Pod Identity associations',
    verdict: judged.verdict,
    detail: withWords(detail, judged),
  };
}

/** A role or user that the trust policy names: does it let them in, and may they ask? */
function principalWay(who: string, account: string, base: Base, { role, estate }: GrantContext): Way {
  const { compiled } = role.trust();
  const { assume } = assumeRoleRequests({ principalArn: who, account, at: role.account.takenAt });
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
