import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { audit } from '../../shared/audit/audit.ts';
import { type DocumentQuestion, explainDocument, explainServiceAccount } from '../../shared/audit/explain.ts';
import { explainAccess } from '../../shared/audit/explain-access.ts';
import type { Explanation } from '../../shared/audit/explanation.ts';
import { configSchema } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Audit, Finding } from '../../shared/findings/finding.ts';
import { compare } from '../../shared/iam/compare.ts';
import { parsePolicy } from '../../shared/iam/parse.ts';
import { parsePrincipal } from '../../shared/identity/access/principal.ts';
import { ruleNamed } from '../../shared/rules/index.ts';
import { type CasePolicy, caseSchema, type FieldCase } from './case-schema.ts';
import { expandEstate, policyText, roleArn } from './expand-estate.ts';

const FOLDER = new URL('.', import.meta.url);

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const read = (name: string): FieldCase =>
  caseSchema.parse(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));
const cases = files.map((name) => ({ name: name.replace('.json', ''), field: read(name) }));

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

interface Answer {
  readonly explanation?: Explanation;
  readonly audit?: Audit;
  readonly relation?: string;
}

function answer({ estate: compact, config, question }: FieldCase): Answer {
  if ('compare' in question) {
    return { relation: compare(parsed(question.compare.before), parsed(question.compare.after)).relation };
  }
  if ('document' in question) {
    const asked = question.document;
    return { explanation: explainDocument(policyText(asked.trustPolicy), documentQuestion(asked)) };
  }
  const snapshot = expandEstate(compact ?? {});
  const estate = buildEstate(snapshot);
  const rules = 'audit' in question ? question.audit.rules : undefined;
  const options = { config: configSchema.parse(config ?? {}), hash, ...(rules && { rules }) };
  const found = audit(estate, options);
  if ('audit' in question) return { audit: found };
  const [view] = estate.clustersByName.get(question.explain.cluster) ?? [];
  if (view === undefined) throw new Error(`No cluster ${question.explain.cluster} in the case`);
  if ('principal' in question.explain) {
    const principal = parsePrincipal(roleArn(snapshot, question.explain.principal));
    if (principal === null) throw new Error(`${question.explain.principal} is no principal`);
    return { audit: found, explanation: explainAccess(estate, { cluster: view, principal }, { hash }) };
  }
  const { role, namespace, serviceAccount } = question.explain;
  const explanation = explainServiceAccount(estate, {
    cluster: view,
    namespace,
    serviceAccount,
    ...(role !== undefined && { role: roleArn(snapshot, role) }),
  });
  return { audit: found, explanation };
}

type Asked = Extract<FieldCase['question'], { document: object }>['document'];

function documentQuestion(asked: Asked): DocumentQuestion {
  const { namespace, serviceAccount } = asked;
  if ('clusterArn' in asked) {
    return { mechanism: 'pod-identity', clusterArn: asked.clusterArn, namespace, serviceAccount };
  }
  const { issuer, account, audience } = asked;
  return {
    mechanism: 'irsa',
    issuer,
    namespace,
    serviceAccount,
    ...(account !== undefined && { account }),
    ...(audience !== undefined && { audience }),
  };
}

function parsed(document: CasePolicy) {
  const { policy, problems } = parsePolicy(policyText(document), 'trust');
  if (policy === null) throw new Error(problems.map(({ message }) => message).join('; '));
  return policy;
}

/** What is said aloud: a finding that only informs is silence. */
const loud = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity !== 'info');

const shortOf = ({ rule, role, severity }: Finding) => ({ rule, role: role?.split('/').at(-1), severity });

describe('field cases', () => {
  it.each(cases)('$name: $field.title', ({ field }) => {
    const { expected } = field;
    const given = answer(field);
    if (expected.relation) expect(given.relation).toBe(expected.relation);
    if (given.explanation) checkExplanation(given.explanation, expected);
    if (given.audit) checkAudit(given.audit, expected);
  });

  it('there are at least 80, and silence is right in a third of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(80);
    const silent = cases.filter(({ field }) => field.expected.silence);
    expect(silent.length * 3).toBeGreaterThanOrEqual(cases.length);
  });

  it('in at least twenty of the silent ones Kubernetes was read', () => {
    const read = cases.filter(({ field: { estate, expected } }) => {
      return expected.silence && estate?.clusters?.some(({ kubernetes }) => kubernetes !== undefined);
    });
    expect(read.length).toBeGreaterThanOrEqual(20);
  });

  it.each(cases)('$name asks for rules that exist', ({ field: { expected } }) => {
    const named = [...(expected.findings ?? []).map(({ rule }) => rule), ...(expected.undecided ?? [])];
    expect(named.filter((rule) => ruleNamed(rule) === undefined)).toEqual([]);
  });

  it('no two cases tell the same story', () => {
    const titles = cases.map(({ field }) => field.title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});

function checkExplanation(explanation: Explanation, expected: FieldCase['expected']): void {
  const { reason, sides, mechanism, exposures, secure } = explanation;
  const said = { reason, steps: explanation.steps };
  if (expected.sides) expect({ aws: sides.aws, said }).toEqual({ aws: expected.sides.aws, said });
  if (expected.verdict)
    expect({ verdict: explanation.verdict, said }).toEqual({ verdict: expected.verdict, said });
  if (expected.decided) expect(explanation.steps.filter(({ status }) => status === 'unknown')).toEqual([]);
  if (expected.mechanism) expect(mechanism).toBe(expected.mechanism);
  if (expected.secure !== undefined) expect(secure).toBe(expected.secure);
  if (expected.reason === null) expect(reason).toBeNull();
  if (expected.reason) {
    expect(reason).toMatchObject(expected.reason);
    expect(reason?.detail).not.toBe('');
  }
  if (expected.silence) {
    expect({ aws: sides.aws, said }).toEqual({ aws: 'works', said });
    expect(exposures.filter(({ severity }) => severity !== 'info')).toEqual([]);
  }
}

function checkAudit({ findings, coverage }: Audit, expected: FieldCase['expected']): void {
  const said = loud(findings).map(shortOf);
  if (expected.silence) expect(said).toEqual([]);
  for (const finding of expected.findings ?? []) {
    expect(findings.map(shortOf)).toContainEqual(expect.objectContaining(finding));
  }
  if (expected.exactly) {
    const wanted = new Set((expected.findings ?? []).map(({ rule }) => rule));
    expect(said.filter(({ rule }) => !wanted.has(rule))).toEqual([]);
  }
  if (expected.decided) expect(coverage).toEqual([]);
  const undecided = coverage.flatMap(({ rule }) => rule ?? []);
  for (const rule of expected.undecided ?? []) expect(undecided).toContain(rule);
}
