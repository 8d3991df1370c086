import type { WebIdentityDenial } from '../../../shared/estate/snapshot.ts';
import { denialsOf, observing, webDenial } from '../../../shared/rules/examples/denied.ts';
import {
  ACCOUNT,
  ELSEWHERE,
  estateOf,
  irsaStatement,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-denied-web-identity.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting, without } from '../../support/rule-estates.ts';

const sound = trusting([irsaStatement()]);
const refused = (changes: Partial<WebIdentityDenial> = {}, estate = sound) =>
  observing(estate, denialsOf({ web: [webDenial(changes)] }));
const { issuer: _issuer, ...abridged } = webDenial();
const { subject: _subject, ...nameless } = webDenial();
const worker = { subject: 'system:serviceaccount:shop:worker' };
/** Ten minutes before the estate was read. */
const JUST_NOW = '2026-11-21T23:50:00Z';

ruleCases(rule, [
  {
    when: 'the trust policy names another ServiceAccount',
    estate: refused(worker),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'the role does not exist',
    estate: refused({ role: `${ROLE_ARN}s` }),
    is: 'fail',
    severity: 'medium',
    says: /does not exist/,
  },
  {
    when: 'the token is of a cluster that is none of the organization, all of which was read',
    estate: refused({ issuer: ELSEWHERE }),
    is: 'fail',
    severity: 'low',
    says: /no cluster of the organization/,
  },
  {
    when: 'the token is of an issuer that no cluster has, and not everything was read',
    estate: refused({ issuer: ELSEWHERE }, trusting([irsaStatement()], { complete: false })),
    is: 'unknown',
  },
  {
    when: 'refusals go on long after the last change, though nothing that was read explains them',
    estate: refused({ last: JUST_NOW, changed: { before: '2026-11-20T00:00:00Z' } }),
    is: 'fail',
    severity: 'medium',
    says: /control policy/,
  },
  {
    when: 'the last refusal came before the change that repaired it',
    estate: refused({ last: JUST_NOW, changed: { after: '2026-11-21T23:55:00Z' } }),
    is: 'pass',
  },
  {
    when: 'the last refusal came a minute after the change, which IAM may not have shown everywhere',
    estate: refused({
      last: JUST_NOW,
      changed: { after: '2026-11-21T23:49:00Z', before: '2026-11-21T23:49:00Z' },
    }),
    is: 'unknown',
  },
  {
    when: 'the role was made after the last refusal',
    estate: refused(
      { last: JUST_NOW },
      trusting([irsaStatement()], { role: { created: '2026-11-21T23:51:00Z' } }),
    ),
    is: 'pass',
  },
  {
    when: 'the chain works, the refusal is minutes old, and the last change is not known',
    estate: refused({ last: JUST_NOW }),
    is: 'unknown',
  },
  {
    when: 'the chain works, nobody was refused for hours, and no change explains it: a CronJob may be due',
    estate: refused(),
    is: 'unknown',
  },
  {
    when: 'a change came after an older reading, and nobody was refused for hours',
    estate: refused({ changed: { after: '2026-11-21T12:00:00Z' } }),
    is: 'pass',
  },
  {
    when: 'it was the same before the refusal of hours ago: a CronJob that is refused once a day',
    estate: refused({ changed: { after: '2026-11-10T00:00:00Z', before: '2026-11-21T12:00:00Z' } }),
    is: 'fail',
    severity: 'medium',
    says: /last on 2026-11-21T19:00:00Z/,
  },
  {
    when: 'the refusal came after the reading, which says nothing of what was then',
    estate: refused({ last: '2026-11-22T00:00:01Z', changed: { before: '2026-11-20T00:00:00Z' } }),
    is: 'unknown',
  },
  {
    when: 'it was never otherwise, but a refusal is more than a day old',
    estate: refused({ last: '2026-11-20T23:59:59Z', changed: { before: '2026-11-20T00:00:00Z' } }),
    is: 'pass',
  },
  {
    when: 'the record leaves out the issuer, and one cluster can be meant',
    estate: observing(sound, denialsOf({ web: [{ ...abridged, ...worker }] })),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'the record leaves out the issuer, and not every cluster was read',
    estate: observing(trusting([irsaStatement()], { complete: false }), denialsOf({ web: [abridged] })),
    is: 'unknown',
  },
  {
    when: 'the record names no ServiceAccount',
    estate: observing(sound, denialsOf({ web: [nameless] })),
    is: 'unknown',
  },
  {
    when: 'the provider is missing, which use-iam-oidc-provider tells',
    estate: refused({}, trusting([irsaStatement()], { oidcProviders: [] })),
    is: 'pass',
  },
  {
    when: 'the trust policy has a wildcard that is taken literally, which no-literal-wildcard tells',
    estate: refused(
      {},
      trusting([
        irsaStatement({
          Condition: { StringEquals: { [`${webDenial().issuer}:sub`]: 'system:serviceaccount:shop:*' } },
        }),
      ]),
    ),
    is: 'pass',
  },
  { when: 'the roles were not read', estate: refused({}, without('roles', sound)), is: 'unknown' },
  {
    when: 'the pairs of the day were more than are kept',
    estate: observing(sound, denialsOf({ gap: 'more pairs than are kept in a day' })),
    is: 'unknown',
  },
  { when: 'nobody was refused', estate: observing(sound, denialsOf({})), is: 'pass' },
  {
    when: 'the refusal is two days old',
    estate: refused({ ...worker, first: '2026-11-19T00:00:00Z', last: '2026-11-20T00:00:00Z' }),
    is: 'pass',
  },
  {
    when: 'GitHub was refused',
    estate: refused({ issuer: 'token.actions.githubusercontent.com', subject: `repo:example/${ACCOUNT}` }),
    is: 'pass',
  },
  { when: 'nothing was observed', estate: estateOf(), is: 'not applicable' },
]);
