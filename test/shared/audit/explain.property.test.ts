import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainDocument, explainServiceAccount } from '../../../shared/audit/explain.ts';
import { explanationSchema } from '../../../shared/audit/explanation.ts';
import { compile } from '../../../shared/iam/compile.ts';
import { decide } from '../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { webIdentityRequest } from '../../../shared/iam/requests.ts';
import { diagnoseTrust } from '../../../shared/identity/diagnose.ts';
import { account, cluster, estate, role } from '../identity/estate-fixture.ts';
import { ACCOUNT, doc, HOST, ID, ISSUER, OLD, provider, STS, SUBJECT, WEB } from './trust-cases.ts';

const QUESTION = {
  mechanism: 'irsa',
  issuer: `https://${ISSUER}`,
  namespace: 'shop',
  serviceAccount: 'api',
  account: ACCOUNT,
} as const;

const issuers = fc.constantFrom(
  ISSUER,
  `${HOST}/id/${OLD}`,
  `${HOST}/id/${ID.toLowerCase()}`,
  'token.actions.githubusercontent.com',
);
const operators = fc.constantFrom(
  'StringEquals',
  'StringLike',
  'StringNotEquals',
  'StringNotLike',
  'ForAllValues:StringEquals',
  'ForAnyValue:StringLike',
  'StringEqualsIfExists',
  'StringEqualsIgnoreCase',
  'Null',
  'ArnLike',
  'Bool',
);
const values = fc.oneof(
  fc.constantFrom(
    SUBJECT,
    STS,
    '*',
    'system:serviceaccount:shop:*',
    'system:serviceaccount:*:api',
    'system:serviceaccounts:shop:api',
    'true',
    'false',
    '',
    'vault',
  ),
  fc.array(fc.constantFrom(SUBJECT, STS, 'system:serviceaccount:web:*', 'x'), { maxLength: 3 }),
);
const keys = fc.oneof(
  fc.tuple(issuers, fc.constantFrom(':sub', ':aud', '', ':email', '/:sub')).map((parts) => parts.join('')),
  fc.constantFrom('aws:SourceIp', 'aws:SourceAccount', 'sts:RoleSessionName', `https://${ISSUER}:sub`),
);
const principals = fc.oneof(
  fc
    .array(
      issuers.map((issuer) => provider(issuer)),
      { minLength: 1, maxLength: 2 },
    )
    .map((Federated) => ({ Federated })),
  fc.constantFrom(
    '*',
    { AWS: ACCOUNT },
    { Service: 'pods.eks.amazonaws.com' },
    { Federated: 'accounts.google.com' },
  ),
);
const statements = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  Principal: principals,
  Action: fc.oneof(
    fc.constantFrom<string | string[]>(WEB, WEB, 'sts:AssumeRole', 'sts:*', [WEB, 'sts:TagSession']),
  ),
  Condition: fc.dictionary(operators, fc.dictionary(keys, values, { maxKeys: 3 }), { maxKeys: 3 }),
});
const policies = fc.array(statements, { minLength: 1, maxLength: 3 }).map((all) => doc(...all));

function byEvaluation(text: string): string {
  const { policy } = parsePolicy(text, 'trust');
  if (policy === null) return 'broken';
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/role`;
  const request = webIdentityRequest({
    provider: provider(),
    issuerKey: ISSUER,
    subject: SUBJECT,
    audience: STS,
    roleArn,
  });
  return { allowed: 'works', denied: 'broken', undecided: 'unknown' }[decide(compile(policy), request)];
}

describe('explain, whatever the policy', () => {
  it('agrees with plain evaluation, names a reason exactly when broken, and repairs what it says it repairs', () => {
    fc.assert(
      fc.property(policies, (text) => {
        const { verdict, reason, repair } = explainDocument(text, QUESTION);
        expect(verdict).toBe(byEvaluation(text));
        expect(reason !== null).toBe(verdict === 'broken');
        if (repair?.after !== undefined) expect(byEvaluation(repair.after)).toBe('works');
      }),
      { numRuns: 150 },
    );
  });

  it('never throws on any JSON or text', () => {
    const texts = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((json) => `{"Version":"2012-10-17","Statement":${json}}`),
    );
    fc.assert(
      fc.property(texts, fc.string(), fc.string(), (text, issuer, name) => {
        const web = explainDocument(text, { ...QUESTION, issuer, serviceAccount: name });
        expect(explanationSchema.safeParse(web).success).toBe(true);
        const pod = explainDocument(text, {
          mechanism: 'pod-identity',
          clusterArn: issuer,
          namespace: name,
          serviceAccount: name,
        });
        expect(explanationSchema.safeParse(pod).success).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  it('answers soon, however many patterns a document holds', () => {
    const many = Array.from({ length: 400 }, (_, index) => `system:serviceaccount*:?${index}_*x*`);
    const text = doc({
      Effect: 'Allow',
      Principal: { Federated: provider() },
      Action: WEB,
      Condition: { StringLike: { [`${ISSUER}:sub`]: many } },
    });
    const start = process.cpuUsage();
    expect(explainDocument(text, QUESTION).verdict).toBe('broken');
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000);
  });

  it('finds no fault in a policy that admits what it names', () => {
    fc.assert(
      fc.property(policies, (text) => {
        const view = estate([account([cluster()], [role(text)])]);
        const [subject] = view.roles;
        const [prod] = view.clusters;
        if (subject === undefined || prod === undefined) throw new Error('both are there');
        const { faults } = diagnoseTrust(subject, view);
        const explained = explainServiceAccount(view, {
          cluster: prod,
          namespace: 'shop',
          serviceAccount: 'api',
          role: subject.role.arn,
        });
        if (explained.sides.aws === 'works') {
          expect(
            faults.filter(({ rule }) => rule === 'use-iam-oidc-provider' || rule === 'use-sts-audience'),
          ).toEqual([]);
        }
        for (const fault of faults) expect(fault.identity).not.toBe('');
      }),
      { numRuns: 100 },
    );
  });
});
