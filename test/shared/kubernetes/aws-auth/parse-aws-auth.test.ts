import { describe, expect, it } from 'vitest';
import { parseAwsAuth } from '../../../../shared/kubernetes/aws-auth/parse-aws-auth.ts';
import { ANCHORS, ARNS, FORMS, type MapRolesCase, SLIPS, TYPES } from '../../../support/aws-auth-cases.ts';

describe.each([
  ['forms', FORMS],
  ['anchors and merges', ANCHORS],
  ['types', TYPES],
  ['slips', SLIPS],
  ['ARNs', ARNS],
])('%s', (_part, cases) => {
  it.each(cases.map((one) => [one.sentence, one] as const))('%s', (_sentence, one: MapRolesCase) => {
    const parsed = parseAwsAuth({ mapRoles: one.text });
    expect(parsed.rows.map(({ arn, username, groups }) => [arn, username, ...groups])).toEqual(one.rows);
    expect(['lost', 'partly'].includes(parsed.sections.mapRoles)).toBe(one.rejected);
    expect(parsed.problems.map(({ kind }) => kind)).toEqual(one.problems);
  });
});
