import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Failure } from '../../../shared/rules/define-rule.ts';
import {
  association,
  cluster,
  ISSUER,
  irsaStatement,
  type Json,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { judge, judgeOpen } from '../../../shared/rules/judge.ts';
import { ANY_POD, DATA, trusting, UNREAD, without } from '../../support/rule-estates.ts';

const open = trustPolicy(irsaStatement({ Condition: {} }));

describe('judging one role', () => {
  it('says of it what judging the whole estate says of it, and nothing of others', () => {
    const estate = buildEstate(
      trusting([ANY_POD], {
        role: DATA,
        roles: [role({ arn: `${ROLE_ARN}-2`, trustPolicy: open })],
        clusters: [cluster({ podIdentityAssociations: [association()] })],
      }),
    );
    const [first] = estate.roles;
    const of =
      (arn: string) =>
      ({ where }: Failure) =>
        where.role === arn;
    const whole = judge(estate, defaultConfig).failures.filter(({ rule }) => rule.kind === 'open');
    const { failures } = judgeOpen(estate, defaultConfig, first === undefined ? {} : { role: first });
    const words = (list: typeof failures) => list.map(({ rule, detail }) => `${rule.name} ${detail}`).sort();
    expect(words(failures)).toEqual(words(whole.filter(of(ROLE_ARN))));
    expect(whole.some(of(`${ROLE_ARN}-2`))).toBe(true);
  });

  it('leaves undecided what was not read about it', () => {
    const estate = buildEstate(trusting([irsaStatement()], { role: UNREAD }));
    const [first] = estate.roles;
    const { undecided } = judgeOpen(estate, defaultConfig, first === undefined ? {} : { role: first });
    expect(undecided.map(({ rule }) => rule.name)).toEqual(['no-admin-pod-role']);
  });

  it('leaves nothing undecided about a sound role because of other lists', () => {
    const estate = buildEstate(without('trails', trusting([irsaStatement()])));
    const [first] = estate.roles;
    const { failures, undecided } = judgeOpen(
      estate,
      defaultConfig,
      first === undefined ? {} : { role: first },
    );
    expect({ failures, undecided }).toEqual({ failures: [], undecided: [] });
  });

  it('counts an extra audience of the provider only for a role that takes any', () => {
    const oidcProviders = [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })];
    const subjectOnly = irsaStatement({
      Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
    });
    const names = (statement: Json) => {
      const estate = buildEstate(trusting([statement], { oidcProviders }));
      const [role] = estate.roles;
      return judgeOpen(estate, defaultConfig, role === undefined ? {} : { role }).failures.map(
        ({ rule }) => rule.name,
      );
    };
    expect(names(irsaStatement())).toEqual([]);
    expect(names(subjectOnly)).toEqual(['no-extra-audience', 'use-audience-condition']);
  });
});
