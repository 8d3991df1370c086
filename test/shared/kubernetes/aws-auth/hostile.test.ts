import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeProblem } from '../../../../shared/kubernetes/aws-auth/describe-problem.ts';
import { mappingFor } from '../../../../shared/kubernetes/aws-auth/mapping-for.ts';
import { parseAwsAuth } from '../../../../shared/kubernetes/aws-auth/parse-aws-auth.ts';
import { floods } from '../../../support/aws-auth-floods.ts';
import { awsAuthDocuments } from '../../../support/kubernetes/aws-auth-documents.ts';

const CALLER = 'arn:aws:sts::111122223333:assumed-role/deployer/alice';

describe('whatever a ConfigMap holds', () => {
  it('is read without a throw, twice alike, and every problem has words', async () => {
    await fc.assert(
      fc.property(awsAuthDocuments, ({ data, callers }) => {
        const parsed = parseAwsAuth(data);
        expect(parseAwsAuth(data)).toEqual(parsed);
        for (const problem of parsed.problems) expect(describeProblem(problem)).toMatch(/\S/);
        for (const { arn } of callers) mappingFor(parsed, arn);
      }),
      { numRuns: 150 },
    );
  });

  it('random text is read without a throw', async () => {
    await fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ maxLength: 60 }),
        (text, arn) => {
          mappingFor(parseAwsAuth({ mapRoles: text, mapUsers: text, mapAccounts: text }), arn);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('rows that are written back as JSON are read as the same rows', async () => {
    await fc.assert(
      fc.property(awsAuthDocuments, ({ data }) => {
        const { rows } = parseAwsAuth(data);
        const again = rows.map(({ section, arn, username, groups }) => ({
          [section === 'mapRoles' ? 'rolearn' : 'userarn']: arn,
          username,
          groups,
        }));
        const of = (section: string) =>
          JSON.stringify(again.filter((_, at) => rows[at]?.section === section));
        // Characters that YAML 1.1 wants escaped.
        const escaped = (text: string) =>
          text.replaceAll(
            /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
            (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
          );
        const reread = parseAwsAuth({ mapRoles: escaped(of('mapRoles')), mapUsers: escaped(of('mapUsers')) });
        expect(reread.rows.map(({ arn, username, groups }) => ({ arn, username, groups }))).toEqual(
          rows.map(({ arn, username, groups }) => ({ arn, username, groups })),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('thirty kilobytes', () => {
  // Some take a tenth of a second alone; the bound on processor time tells linear from worse.
  it.each(floods(30_000))('%s are read in bounded time', (_what, text) => {
    const began = process.cpuUsage();
    mappingFor(parseAwsAuth({ mapRoles: text, mapUsers: text, mapAccounts: text }), CALLER);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(3000);
  });
});
