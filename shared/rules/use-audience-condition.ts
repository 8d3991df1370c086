import { STS_AUDIENCE } from '../identity/service-account.ts';
import { draftTightening } from '../plans/drafts/tighten.ts';
import { defineRule } from './define-rule.ts';
import { doorName, type WebDoor, webDoorsOf } from './doors/web-door.ts';
import { ISSUER, irsaStatement, provider, roleExample, trustPolicy } from './examples/estate.ts';
import { doorWhere } from './places.ts';
import { withCondition } from './policy-change.ts';
import { IRSA_ROLE, OIDC_PROVIDER } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';
import { leadsTo, privilegeFacts, weighted } from './weight.ts';

/** Statements that leave it to the provider which audiences get in. */
export default defineRule({
  number: 'PT-120',
  name: 'use-audience-condition',
  kind: 'open',
  fix: 'guarded',
  title: 'The trust policy accepts a token made for any audience of the provider',
  why: "IAM accepts each audience in the provider's client id list. Without a condition on `aud`, a token that a pod hands to another system (Vault, a mesh, a CI service) is good for this role too, as soon as its audience is on that list.",
  remedy: 'Add StringEquals `<issuer>:aud` = `sts.amazonaws.com`.',
  references: [IRSA_ROLE, OIDC_PROVIDER],
  examples: () => {
    const trust = trustPolicy(
      irsaStatement({
        Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
      }),
    );
    return {
      fails: roleExample('No audience asked for, and the provider accepts two', trust, {
        oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })],
      }),
      passes: roleExample('Subject and audience', trustPolicy(irsaStatement())),
    };
  },
  needs: ['roles'],
  subjects: ({ roles, estate }) =>
    webDoorsOf(roles, estate).filter(({ provider, providerMissing }) => provider ?? providerMissing),
  where: doorWhere,
  check: (door) => {
    if (withoutAudience(door).length === 0) return pass;
    if (door.providerMissing) return unknown(door.providerMissing);
    const accepted = door.provider?.clientIds;
    if (accepted === undefined) {
      return unknown({
        read: 'iam:GetOpenIDConnectProvider',
        reason: `which audiences ${door.providerArn} accepts was not read`,
      });
    }
    return fail({ issuer: door.issuer.key, accepted, ...privilegeFacts(door.role) });
  },
  severity: ({ accepted, privileges }) => (accepted.length > 1 ? weighted('few', privileges) : 'info'),
  message: ({ accepted, privileges }, door) =>
    `${door.role.name} asks for no audience from ${doorName(door)}, whose provider accepts ${accepted.join(', ') || 'none'}; ${leadsTo(privileges)}.`,
  identity: ({ issuer }) => [issuer],
  repair: (_, door) => ({
    text: `Add StringEquals ${door.issuer.key}:aud = ${STS_AUDIENCE} to the statement for ${doorName(door)}.`,
    ...withCondition(door.role, withoutAudience(door), 'StringEquals', `${door.issuer.key}:aud`, [
      STS_AUDIENCE,
    ]),
  }),
  plan: (_, door, __, repair) => draftTightening(door.role, repair),
});

function withoutAudience(door: WebDoor) {
  return door.statements.filter(({ audience }) => audience.length === 0).map(({ statement }) => statement);
}
