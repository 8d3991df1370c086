import type { Session, Snapshot } from '../../../shared/estate/snapshot.ts';
import { observing, sessionsOf, webSession } from '../../../shared/rules/examples/denied.ts';
import { ELSEWHERE, estateOf, irsaStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-unknown-session-issuer.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, trusting, without } from '../../support/rule-estates.ts';

const sound = trusting([irsaStatement()], { role: DATA });
const seen = (changes: Partial<Session>, estate: Snapshot = sound) =>
  observing(estate, sessionsOf(webSession(changes)));
const abroad = { issuer: ELSEWHERE };

ruleCases(rule, [
  {
    when: 'the token is of no cluster of the organization',
    estate: seen(abroad),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'the role is an administrator',
    estate: seen(abroad, trusting([irsaStatement()], { role: ADMIN })),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'the roles were not read',
    estate: seen(abroad, without('roles', sound)),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'two ServiceAccounts came from there: one finding',
    estate: observing(
      sound,
      sessionsOf(webSession(abroad), webSession({ ...abroad, subject: 'system:serviceaccount:a:b' })),
    ),
    is: 'fail',
    count: 1,
  },
  {
    when: 'not every account was read',
    estate: seen(abroad, trusting([irsaStatement()], { complete: false })),
    is: 'unknown',
  },
  {
    when: 'the session is a week old, and the cluster may have been deleted',
    estate: seen({ ...abroad, first: '2026-11-14T00:00:00Z', last: '2026-11-14T00:00:00Z' }),
    is: 'unknown',
  },
  { when: 'the token is of a cluster of the organization', estate: seen({}), is: 'pass' },
  {
    when: 'GitHub assumed the role',
    estate: seen({ issuer: 'token.actions.githubusercontent.com' }),
    is: 'not applicable',
  },
  { when: 'sessions were not observed', estate: estateOf(), is: 'not applicable' },
]);
