import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer';
import { describe, expect, it } from 'vitest';
import { accessAnalyzer } from '../../../../shared/aws/changes/second-opinion.ts';
import type { Plan } from '../../../../shared/changes/plan.ts';

const ARN = 'arn:aws:iam::111122223333:role/shop';
const POLICY = '{"Version":"2012-10-17","Statement":[]}';

type Answer = (body: Record<string, unknown>) => object | { readonly fails: number };

/** A real client whose two calls are answered here. */
function client(answers: { validate?: Answer; check?: Answer }, calls: object[] = []): AccessAnalyzerClient {
  return new AccessAnalyzerClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ path, body, query }: { path: string; body: string; query: object }) => {
        const given: Record<string, unknown> = { ...JSON.parse(Buffer.from(body).toString()), ...query };
        calls.push({ path, ...given });
        const validates = path.endsWith('/policy/validation');
        const answer = validates
          ? (answers.validate ?? (() => ({ findings: [] })))(given)
          : (answers.check ?? (() => ({ result: 'PASS' })))(given);
        const statusCode = 'fails' in answer ? Number(answer.fails) : 200;
        const headers = statusCode === 200 ? {} : { 'x-amzn-errortype': 'AccessDeniedException' };
        return { response: { statusCode, headers, body: new Response(JSON.stringify(answer)).body } };
      },
    } as never,
  });
}

const plan = (adds: boolean, ...changes: Partial<Plan['changes'][number]>[]): Plan =>
  ({
    changes: changes.map((one) => ({
      kind: 'trust-policy',
      target: { account: '111122223333', arn: ARN },
      before: POLICY,
      after: POLICY.replace('[]', '[{}]'),
      ...one,
    })),
    proof: { adds },
  }) as unknown as Plan;

describe('the second opinion of IAM Access Analyzer', () => {
  it('is asked about the new document as a trust policy, and about new access where the plan claims none', async () => {
    const calls: object[] = [];
    expect(await accessAnalyzer(client({}, calls))(plan(false, {}))).toEqual([]);
    expect(calls).toMatchObject([
      {
        policyType: 'RESOURCE_POLICY',
        policyDocument: POLICY.replace('[]', '[{}]'),
        validatePolicyResourceType: 'AWS::IAM::AssumeRolePolicyDocument',
      },
      { policyType: 'RESOURCE_POLICY', existingPolicyDocument: POLICY },
    ]);
  });

  it('is not asked about new access where the plan lets somebody in, nor about other things than trust', async () => {
    const calls: object[] = [];
    const opinion = accessAnalyzer(client({}, calls));
    expect(await opinion(plan(true, {}))).toEqual([]);
    expect(await opinion(plan(false, { kind: 'addon' }, { after: null }))).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof client>[0], RegExp]>([
    [
      'an error of the document',
      {
        validate: () => ({
          findings: [
            { findingType: 'WARNING', issueCode: 'W', findingDetails: 'no matter' },
            { findingType: 'ERROR', issueCode: 'MISSING_PRINCIPAL', findingDetails: 'add one' },
          ],
        }),
      },
      /role\/shop: MISSING_PRINCIPAL: add one$/,
    ],
    [
      'an error on the second page',
      {
        validate: ({ nextToken }) =>
          nextToken === undefined
            ? { findings: [], nextToken: 'more' }
            : { findings: [{ findingType: 'ERROR', issueCode: 'E', findingDetails: 'late' }] },
      },
      /E: late$/,
    ],
    [
      'a list that does not end',
      { validate: () => ({ findings: [], nextToken: 'more' }) },
      /could not be asked \(.*does not end/,
    ],
    [
      'new access',
      { check: () => ({ result: 'FAIL', message: 'statement 1' }) },
      /somebody gets in anew, FAIL: statement 1$/,
    ],
    ['an answer that is none', { check: () => ({}) }, /without an answer/],
    ['a call that is denied', { check: () => ({ fails: 403 }) }, /it could not be asked \(AccessDenied/],
    ['a service that is down', { validate: () => ({ fails: 500 }) }, /it could not be asked/],
  ])('speaks against a plan by %s', async (_name, answers, reason) => {
    const objections = await accessAnalyzer(client(answers))(plan(false, {}));
    expect(objections).toEqual([expect.stringMatching(reason)]);
  });
});
