import { describe, expect, it } from 'vitest';
import { effectiveBindings } from '../../../shared/audit/bindings.ts';
import { configSchema, defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import {
  association,
  CLUSTER_ARN,
  cluster,
  ISSUER,
  irsaStatement,
  podIdentityStatement,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import { judge } from '../../../shared/rules/judge.ts';
import { trusting } from '../../support/rule-estates.ts';

const bound = { clusters: [cluster({ podIdentityAssociations: [association({ serviceAccount: 'cart' })] })] };
const anyPod = podIdentityStatement({ Condition: {} });
const of = (...args: Parameters<typeof trusting>) => effectiveBindings(buildEstate(trusting(...args)));
const binding = (serviceAccount: string) => ({
  cluster: CLUSTER_ARN,
  namespace: 'shop',
  serviceAccount,
  role: ROLE_ARN,
});

describe('the effective bindings', () => {
  it('are those of trust policies and associations, sorted', () => {
    expect(of([irsaStatement(), anyPod], bound).bindings).toEqual([binding('cart'), binding('checkout')]);
  });

  it('hold one line for a ServiceAccount that both let in', () => {
    const both = { clusters: [cluster({ podIdentityAssociations: [association()] })] };
    expect(of([irsaStatement(), anyPod], both).bindings).toEqual([binding('checkout')]);
  });

  it('leave out what does not work', () => {
    expect(of([irsaStatement({ Action: 'sts:AssumeRole' })]).bindings).toEqual([]);
    expect(of([podIdentityStatement()], bound).bindings).toEqual([]);
    expect(of([irsaStatement()], { oidcProviders: [] }).bindings).toEqual([]);
  });

  it('leave out patterns and open doors, and say so', () => {
    const pattern = irsaStatement({
      Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' } },
    });
    const { bindings, left } = of([pattern, irsaStatement({ Condition: {} })]);
    expect(bindings).toEqual([]);
    expect(left).toHaveLength(2);
  });

  it('are a configuration under which nothing is missing and nothing undeclared', () => {
    const estate = buildEstate(trusting([irsaStatement(), anyPod], bound));
    const config = configSchema.parse({ bindings: effectiveBindings(estate).bindings });
    const names = judge(estate, config).failures.map(({ rule }) => rule.name);
    expect(names).not.toContain('no-missing-binding');
    expect(names).not.toContain('no-undeclared-binding');
    expect(judge(estate, { ...defaultConfig, bindings: [] }).failures.map(({ rule }) => rule.name)).toContain(
      'no-undeclared-binding',
    );
  });
});
