import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accessReportSchema } from '../../shared/audit/access-report.ts';
import { explanationSchema } from '../../shared/audit/explanation.ts';
import { listSchema } from '../../shared/audit/list/report.ts';
import { planSchema } from '../../shared/changes/plan.ts';
import { auditSchema } from '../../shared/findings/finding.ts';
import { lintSchema } from '../../shared/lint/report.ts';
import { migrationListSchema } from '../../shared/plans/migrations/migration-list.ts';
import { planListSchema } from '../../shared/plans/plan-list.ts';
import { probeSchema } from '../../shared/probe/report.ts';

describe('the published schemas', () => {
  it.each([
    ['access', accessReportSchema, 'podtrust access --output json'],
    ['audit', auditSchema, 'podtrust audit --output json'],
    ['explanation', explanationSchema, 'podtrust explain --output json'],
    ['lint', lintSchema, 'podtrust lint --format json'],
    ['list', listSchema, 'podtrust list --output json'],
    ['migration', migrationListSchema, 'podtrust migrate … --output json'],
    ['plan', planSchema, 'podtrust plan --finding F --output json'],
    ['plan-list', planListSchema, 'podtrust plan --output json'],
    ['probe', probeSchema, 'podtrust probe --output json'],
  ])('docs/schemas/%s.schema.json is what the code validates', async (name, schema, title) => {
    const json = { title, ...z.toJSONSchema(schema) };
    await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
      `../../docs/schemas/${name}.schema.json`,
    );
  });
});
