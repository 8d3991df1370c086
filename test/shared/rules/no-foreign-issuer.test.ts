import {
  ACCOUNT,
  ELSEWHERE,
  irsaStatement,
  provider,
  staleStatement,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-foreign-issuer.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, GITHUB, trusting, without } from '../../support/rule-estates.ts';

const foreign = {
  oidcProviders: [provider({ arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ELSEWHERE}`, url: ELSEWHERE })],
};

ruleCases(rule, [
  {
    when: 'no cluster of the organization has the issuer',
    estate: trusting([staleStatement()], { ...foreign, role: ADMIN }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'the role was used last week',
    estate: trusting([staleStatement()], {
      ...foreign,
      role: { ...DATA, lastUsed: { at: '2026-11-15T00:00:00Z' } },
    }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'nobody used the role for a year: the cluster is gone',
    estate: trusting([staleStatement()], {
      ...foreign,
      role: { ...ADMIN, lastUsed: { at: '2025-11-15T00:00:00Z' } },
    }),
    is: 'fail',
    severity: 'low',
  },
  { when: 'a cluster of the organization has it', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'not every account was read',
    estate: trusting([staleStatement()], { ...foreign, complete: false }),
    is: 'unknown',
  },
  {
    when: 'the providers were not read',
    estate: without('oidcProviders', trusting([staleStatement()])),
    is: 'unknown',
  },
  {
    when: 'the provider does not exist, so that nobody gets in',
    estate: trusting([staleStatement()], { oidcProviders: [] }),
    is: 'not applicable',
  },
  { when: 'the role trusts GitHub', estate: trusting([GITHUB]), is: 'not applicable' },
]);
