import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { audit, countsOf } from '../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { type Audit, auditSchema, type Finding } from '../../../shared/findings/finding.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../../shared/reports/formats.ts';
import type { ReportInput } from '../../../shared/reports/report.ts';
import { demoSnapshot } from '../../../simulator/demo/organization.ts';
import { Asff } from '../../support/asff-limits.ts';
import { asffErrors } from '../../support/asff-model.ts';
import { findingOf, WAIVER } from '../../support/findings.ts';
import { ocsfErrors, sarifErrors } from '../../support/published-schemas.ts';

const demo = audit(buildEstate(demoSnapshot()), { config: defaultConfig, hash: sha256 });

function inputOf(judged: Audit): ReportInput {
  return {
    audit: judged,
    takenAt: '2026-11-22T12:00:00Z',
    version: '0.1.0',
    partitions: new Map([['111122223333', 'aws']]),
    hub: { region: 'eu-west-1' },
  };
}

function auditOf(findings: readonly Finding[], coverage: Audit['coverage'] = []): Audit {
  return {
    schemaVersion: 1,
    findings: [...findings],
    coverage,
    summary: { accounts: 1, clusters: 1, roles: 1, ...countsOf(findings), coverage: coverage.length },
  };
}

const gap = { rule: 'no-unused-trust', subject: '111122223333', read: 'kubernetes:pods', reason: 'denied' };

/** What a format's consumer would refuse. */
const CHECKS: Readonly<Record<ReportFormat, (text: string) => unknown[]>> = {
  sarif: (text) => sarifErrors(JSON.parse(text)),
  ocsf: (text) => (JSON.parse(text) as unknown[]).flatMap(ocsfErrors),
  asff: (text) =>
    (JSON.parse(text) as unknown[]).flatMap((one) => [
      ...(Asff.safeParse(one).error?.issues ?? []),
      ...asffErrors(one),
    ]),
  csv: (text) => Papa.parse(text, { newline: '\r\n' }).errors,
  markdown: () => [],
  json: (text) => auditSchema.safeParse(JSON.parse(text)).error?.issues ?? [],
};
const formats = Object.keys(CHECKS) as ReportFormat[];

describe.each(formats)('%s', (format) => {
  const render = (judged: Audit) => REPORT_FORMATS[format](inputOf(judged));

  it.each<[string, Audit]>([
    ['the demo organization', demo],
    ['nothing', auditOf([])],
    ['what nobody could decide', auditOf([], [gap])],
    [
      'one finding of each state',
      auditOf(
        ['open', 'waived', 'resolved'].map((status) =>
          findingOf({ status: status as Finding['status'], ...(status === 'waived' && { waiver: WAIVER }) }),
        ),
      ),
    ],
    ['a finding that says what podtrust cannot see', auditOf([findingOf({ kind: 'blind' })])],
  ])('takes %s, as its schema has it', (_name, judged) => {
    expect(CHECKS[format](render(judged))).toEqual([]);
  });

  it('says the same twice', () => {
    expect(render(demo)).toBe(render(structuredClone(demo)));
  });

  it('names every finding of the demo organization', () => {
    const text = render(demo);
    expect(demo.findings.length).toBeGreaterThan(30);
    for (const { fingerprint } of demo.findings) expect(text).toContain(fingerprint);
  });

  it('stays whole and harmless whatever strangers wrote', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 60, unit: 'binary' }),
      fc.constantFrom(
        '',
        '=1+1',
        'x;=1+1',
        '\u001b]0;x\u0007',
        '\u009b31m',
        '\u202egro',
        '"\r\n"',
        '<script>',
        '\ud83d',
        '|',
        '-->',
      ),
    );
    const keys = [
      'title',
      'detail',
      'remedy',
      'role',
      'principal',
      'cluster',
      'region',
      'namespace',
      'serviceAccount',
    ] as const;
    const hostile = fc.record({
      ...Object.fromEntries(keys.map((key) => [key, text])),
      consequences: fc.array(text, { maxLength: 5 }),
      waiver: fc.record({ owner: text, reason: text, ticket: text, expires: text }),
    });
    fc.assert(
      fc.property(hostile, text, (change, reason) => {
        const judged = auditOf([findingOf(change)], [{ ...gap, reason }]);
        const written = render(judged);
        expect(CHECKS[format](written)).toEqual([]);
        // Nothing that a terminal obeys; line ends apart.
        expect(written.replace(/[\r\n]/g, '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is not decided is never left out', () => {
  it.each(formats.filter((format) => format !== 'asff'))('in %s', (format) => {
    expect(REPORT_FORMATS[format](inputOf(auditOf([], [gap])))).toContain('no-unused-trust');
  });

  it('in OCSF its compliance is Unknown, never Pass', () => {
    const [event] = JSON.parse(REPORT_FORMATS.ocsf(inputOf(auditOf([], [gap]))));
    expect(event.compliance).toMatchObject({ status_id: 0, status: 'Unknown' });
  });
});

describe('what is accepted', () => {
  it.each(formats)('is told in %s with owner, reason, ticket and last day', (format) => {
    const text = REPORT_FORMATS[format](inputOf(auditOf([findingOf({ status: 'waived', waiver: WAIVER })])));
    for (const part of Object.values(WAIVER)) expect(text.replaceAll('&#64;', '@')).toContain(part);
    const open = REPORT_FORMATS[format](inputOf(auditOf([findingOf()])));
    expect(open).not.toContain(WAIVER.ticket);
  });

  it('in OCSF is suppressed and warns, and its parts can be read by a program', () => {
    const waived = auditOf([findingOf({ status: 'waived', waiver: WAIVER })]);
    const [event] = JSON.parse(REPORT_FORMATS.ocsf(inputOf(waived)));
    expect(event).toMatchObject({
      status: 'Suppressed',
      comment: expect.stringContaining('accepted by platform@example.com until 2027-03-31 (SEC-812)'),
      compliance: { status: 'Warning' },
      unmapped: { waiver: WAIVER },
    });
  });
});

describe('the model of Security Hub', () => {
  const [finding] = JSON.parse(REPORT_FORMATS.asff(inputOf(auditOf([findingOf()]))));

  it.each<[string, object, string]>([
    ['a member that it has not', { Workflows: {} }, 'finding has no Workflows'],
    ['a member of a member that it has not', { Compliance: { Pass: 1 } }, 'finding.Compliance has no Pass'],
    ['another type', { Title: 1 }, 'finding.Title is no string'],
    ['another type in a list', { Resources: [{ Type: 'x', Id: 1 }] }, 'finding.Resources[0].Id is no string'],
    ['a map of something else', { ProductFields: { a: 1 } }, 'finding.ProductFields.a is no string'],
  ])('does not take %s', (_name, change, error) => {
    expect(asffErrors({ ...finding, ...change })).toContain(error);
  });

  it('does not take a finding without what it needs', () => {
    const { AwsAccountId: _, ...rest } = finding;
    expect(asffErrors(rest)).toEqual(['finding lacks AwsAccountId']);
  });
});

describe('csv', () => {
  const cells = (change: Partial<Finding>): string[] => {
    const text = REPORT_FORMATS.csv(inputOf(auditOf([findingOf(change)])));
    return Papa.parse<string[]>(text, { newline: '\r\n' }).data[1] ?? [];
  };

  it.each(['=cmd|calc', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '"=1', "'=1", '＝1', '|x', '%x'])(
    'a title that a spreadsheet might run is text: %j',
    (title) => {
      expect(cells({ title })[12]).toMatch(/^'/);
    },
  );

  it.each([
    'x;=HYPERLINK("https://evil.example")',
    'a;b; =1',
    'a;"=1',
    ';-1',
    'x;\t@SUM(A1)',
    'a,b;+1;=2',
    'x\n;=1',
  ])('where semicolons separate cells, none of them runs: %j', (title) => {
    const text = REPORT_FORMATS.csv(inputOf(auditOf([findingOf({ title, detail: title })])));
    const { data } = Papa.parse<string[]>(text, { delimiter: ';', newline: '\r\n' });
    for (const cell of data.flat()) expect(cell).not.toMatch(/^[\s"]*[=+\-@]/);
    expect(cells({ title })[12]?.replaceAll("'", '')).toBe(title.replace(/[\t\n]/g, ' '));
  });

  it('keeps quotes, commas and line breaks in one record', () => {
    const text = REPORT_FORMATS.csv(inputOf(auditOf([findingOf({ detail: 'a "b", c\r\nd' })])));
    expect(cells({ detail: 'a "b", c\r\nd' })[13]).toBe('a "b", c d');
    expect(text.match(/\r\n/g)).toHaveLength(2);
  });
});

describe('markdown', () => {
  it.each<[string, string, string]>([
    ['HTML', '<script>alert(1)</script>', '&#60;script&#62;'],
    ['an image', '![x](https://evil.example/a.png)', '\\!\\[x\\]\\(https&#58;//'],
    ['a mention', '@everyone', '&#64;everyone'],
    ['a heading', '# big', '\\# big'],
    ['code', '`rm`', '\\`rm\\`'],
  ])('%s in a name is text', (_name, detail, shown) => {
    expect(REPORT_FORMATS.markdown(inputOf(auditOf([findingOf({ detail })])))).toContain(shown);
  });
});

describe('asff', () => {
  it('goes to the hub that is named, and says which account it is about', () => {
    const input = {
      ...inputOf(auditOf([findingOf()])),
      hub: { region: 'us-gov-west-1', account: '999988887777' },
    };
    const [finding] = JSON.parse(REPORT_FORMATS.asff(input));
    expect(finding.AwsAccountId).toBe('999988887777');
    expect(finding.ProductArn).toContain(':securityhub:us-gov-west-1:999988887777:');
    expect(finding.ProductFields['podtrust/Account']).toBe('111122223333');
  });
});
