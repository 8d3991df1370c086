import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../shared/audit/audit.ts';
import { type Config, defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { auditSchema, SEVERITIES } from '../../../shared/findings/finding.ts';
import {
  estateOf,
  irsaStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { rules } from '../../../shared/rules/index.ts';
import { ADMIN, EC2, trusting, without } from '../../support/rule-estates.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const run = (snapshot: Snapshot, config: Partial<Config> = {}, names?: string[]) =>
  audit(buildEstate(snapshot), {
    config: { ...defaultConfig, ...config },
    hash,
    ...(names && { rules: names }),
  });

const all = rules.map((rule) => rule.examples().fails);

describe('audit', () => {
  it.each(all.map((example) => [example.title, example] as const))(
    'keeps its published shape: %s',
    (_title, example) => {
      const result = run(example.snapshot, example.config);
      expect(auditSchema.safeParse(result).error).toBeUndefined();
    },
  );

  it.each(all.map((example) => [example.title, example] as const))(
    'gives the same bytes again: %s',
    (_title, example) => {
      const bytes = () => JSON.stringify(run(JSON.parse(JSON.stringify(example.snapshot)), example.config));
      expect(bytes()).toBe(bytes());
    },
  );

  it('names one broken rule for one mistake', () => {
    const broken = rules.filter(({ kind, name }) => kind === 'broken' && name !== 'no-missing-binding');
    for (const rule of broken) {
      const { snapshot, config } = rule.examples().fails;
      const findings = run(snapshot, config).findings.filter(({ kind }) => kind === 'broken');
      // A refusal that was seen points at the rule that explains it.
      const pointed = rule.fix === 'delegated' ? findings.flatMap(({ consequences }) => consequences) : [];
      const names = findings.map(({ rule: name }) => name).filter((name) => !pointed.includes(name));
      expect(names, rule.name).toEqual([rule.name]);
    }
  });

  it('is silent about a sound estate but for what it cannot see', () => {
    const trail = {
      arn: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/all',
      multiRegion: true,
      logging: true,
      managementEvents: 'all' as const,
    };
    const { findings, coverage } = run(trusting([irsaStatement()], { trails: [trail] }));
    expect(findings.map(({ rule }) => rule)).toEqual(['use-kubernetes-access']);
    expect(coverage.filter(({ read }) => read !== 'kubernetes:connect')).toEqual([]);
  });

  it('has nothing to say about roles that have nothing to do with pods', () => {
    const { findings } = run(trusting([EC2], { role: ADMIN }));
    expect(findings.filter(({ role: arn }) => arn !== undefined)).toEqual([]);
  });

  it('puts the worst first and orders by rule and place within one severity', () => {
    const open = trustPolicy(irsaStatement({ Condition: {} }));
    const roles = ['b', 'a', 'c'].map((name) =>
      role({ arn: `${ROLE_ARN}-${name}`, trustPolicy: open, ...(name === 'c' ? ADMIN : {}) }),
    );
    const { findings } = run(estateOf({ roles }));
    const ranks = findings.map(({ severity }) => SEVERITIES.indexOf(severity));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(
      findings.filter(({ rule }) => rule === 'no-missing-subject').map((finding) => finding.role),
    ).toEqual([`${ROLE_ARN}-c`, `${ROLE_ARN}-a`, `${ROLE_ARN}-b`]);
  });

  it('makes one finding of a provider that thirty roles miss, with the roles as consequences', () => {
    const roles = Array.from({ length: 30 }, (_, index) => role({ arn: `${ROLE_ARN}-${index}` }));
    const { findings } = run(estateOf({ roles, oidcProviders: [] }));
    const broken = findings.filter(({ kind }) => kind === 'broken');
    expect(broken.map(({ rule }) => rule)).toEqual(['use-iam-oidc-provider']);
    for (const { arn } of roles) expect(broken[0]?.consequences).toContain(`No pod can assume ${arn}.`);
  });

  it('counts what it found', () => {
    const { summary, findings, coverage } = run(trusting([irsaStatement({ Condition: {} })]));
    expect(summary).toMatchObject({ accounts: 1, clusters: 1, roles: 1, coverage: coverage.length });
    expect(Object.values(summary.findings).reduce((sum, count) => sum + count, 0)).toBe(findings.length);
  });

  it('asks only the rules that are named', () => {
    const { findings } = run(trusting([irsaStatement({ Condition: {} })]), {}, ['no-missing-subject']);
    expect(findings.map(({ rule }) => rule)).toEqual(['no-missing-subject']);
  });

  it('bounds what strangers write', () => {
    const names = Array.from(
      { length: 55 },
      (_, index) => `system:serviceaccount:ns-${index}*:${'x'.repeat(90)}`,
    );
    const statement = irsaStatement({ Condition: { StringLike: { [`${provider().url}:sub`]: names } } });
    const finding = run(trusting([statement])).findings.find(({ rule }) => rule === 'no-wildcard-subject');
    expect(finding?.evidence['patterns']).toHaveLength(51);
    expect(finding?.detail.length).toBeLessThanOrEqual(2100);
  });
});

describe('coverage', () => {
  it('gives one line for the rules and the thousand roles that one unread list hides', () => {
    const { coverage, findings } = run(without('roles'));
    const lines = coverage.filter(({ read }) => read === 'iam:GetAccountAuthorizationDetails');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.reason).toContain('no-missing-subject');
    expect(findings.every(({ kind }) => kind === 'blind')).toBe(true);
  });

  it('collapses a missing provider description of a thousand roles into one line for each rule', () => {
    const roles = Array.from({ length: 1000 }, (_, index) => role({ arn: `${ROLE_ARN}-${index}` }));
    const { coverage } = run(without('oidcProviders', estateOf({ roles })));
    expect(coverage.length).toBeLessThan(15);
    expect(coverage.some(({ subject }) => /and 997 more/.test(subject))).toBe(true);
  });

  it('holds every failed read of the snapshot', () => {
    const gap = {
      account: '111122223333',
      region: 'eu-west-1',
      cluster: 'shop',
      read: 'eks:ListAddons',
      reason: 'AccessDenied',
    };
    const { coverage } = run(estateOf({ coverage: [gap] }));
    expect(coverage).toContainEqual({
      subject: '111122223333 eu-west-1 shop',
      read: 'eks:ListAddons',
      reason: 'AccessDenied',
    });
  });

  it('never turns a missing list into silence', () => {
    for (const list of ['roles', 'oidcProviders', 'trails', 'regions'] as const) {
      const { coverage } = run(without(list, trusting([irsaStatement()])));
      expect(coverage.length, list).toBeGreaterThan(0);
    }
  });
});
