import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Estate } from '../../shared/estate/estate.ts';
import type { AuditFinding } from '../../shared/findings/finding.ts';
import {
  ACCOUNT,
  association,
  cluster,
  estateOf,
  podIdentityStatement,
  role,
  trustPolicy,
} from '../../shared/rules/examples/estate.ts';
import { findingOf } from '../support/findings.ts';
import { dataIn } from '../support/html-reports.ts';
import { auditOf, reportOf } from './support/made-reports.ts';
import { openReport, writtenReport } from './support/open-report.ts';

const NAMES: readonly (readonly [string, string])[] = [
  ['a script', '<script>alert(1)</script>'],
  ['the end of a script', '</script><script>alert(2)</script>'],
  ['a comment that never ends', '<!-- <script>'],
  ['an image that fails', '"><img src=x onerror=alert(3)>'],
  ['an address that runs', 'javascript:alert(4)'],
  ['an entity', '&lt;b&gt;'],
  ['an expression of a template', '{{7*7}} <%= 7*7 %>'],
  ['the name of a member of objects', '__proto__'],
  ['emoji', '👩‍💻🔥 naïve 日本語'],
];

const hostile: AuditFinding[] = NAMES.map(([, name], index) =>
  findingOf({
    fingerprint: index.toString(16).padStart(32, 'f'),
    severity: 'high',
    title: name,
    detail: name,
    remedy: name,
    account: name,
    region: name,
    cluster: name,
    namespace: name,
    serviceAccount: name,
    role: `arn:aws:iam::111122223333:role/${name}`,
    principal: name,
    consequences: [name],
    evidence: { [name]: name, list: [name, name] },
    status: 'waived',
    waiver: { owner: name, reason: name, ticket: name, expires: name },
    cause: {
      outcome: 'found',
      change: {
        eventId: name,
        eventName: name,
        service: name,
        time: '2026-11-22T10:00:00Z',
        region: name,
        actor: { type: 'AssumedRole', arn: name, session: name },
        sourceAddress: name,
        userAgent: name,
      },
    },
  } as Partial<AuditFinding>),
);
const TAG = 'x'.repeat(10_000);
const turned = findingOf({
  fingerprint: 'aaaa',
  title: 'admin\u202enimda\u202c',
  detail: 'a\u0000b\u200bc',
  role: TAG,
});

/** The same names for clusters, namespaces, ServiceAccounts, roles and policies, of which the graph is drawn. */
function hostileEstate(): Estate {
  const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const names = [...NAMES.map(([, name]) => name), 'admin\u202enimda'];
  const trust = trustPolicy(podIdentityStatement({ Condition: {} }));
  return buildEstate(
    estateOf({
      roles: names.map((name) =>
        role({
          arn: arn(name),
          trustPolicy: trust,
          attachedPolicies: [`arn:aws:iam::aws:policy/${name}`],
          inlinePolicies: [
            {
              name,
              document: trustPolicy({ Effect: 'Allow', Action: '*', Resource: `arn:aws:s3:::${name}` }),
            },
          ],
          tags: { [name]: name },
        }),
      ),
      clusters: names.map((name, index) =>
        cluster({
          name,
          arn: `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/${name}`,
          issuer: `https://oidc.eks.eu-west-1.amazonaws.com/id/${index}`,
          tags: { [name]: name },
          podIdentityAssociations: [
            association({ id: `a-${name}`, namespace: name, serviceAccount: name, roleArn: arn(name) }),
          ],
        }),
      ),
    }),
  );
}

let file = '';
beforeAll(async () => {
  const gap = { subject: '<script>alert(5)</script>', read: '</td><script>', reason: 'javascript:alert(6)' };
  file = await writtenReport(
    await reportOf(auditOf([...hostile, turned], [gap]), { estate: hostileEstate() }),
  );
});

describe('a report full of what strangers call their things', () => {
  it.each(NAMES)('shows %s as the text that it is, and nothing runs', async (_name, name) => {
    const finding = hostile.find(({ title }) => title === name);
    const { page, problems } = await openReport(file, `#finding=${finding?.fingerprint}`);
    const detail = page.getByRole('article');
    expect(await detail.getByRole('heading', { level: 2 }).textContent()).toBe(name);
    expect((await detail.textContent())?.split(name).length).toBeGreaterThan(15);
    expect(await page.locator('img:not([role]), iframe, object, embed, base, form[action]').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    const links = await page
      .locator('a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links.filter((href) => !href.startsWith('#') && !href.startsWith('https://'))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it.each([
    '',
    '#view=undecided',
    '#view=findings&q=%3Cscript%3E&rule=%3Cb%3E',
    '#finding=%3Cscript%3E',
    '#view=graph&focus=__proto__',
    '#%00%ff%',
    '#view=findings&page=99999999999',
  ])('opens at %j without a word', async (hash) => {
    const { page, problems } = await openReport(file, hash);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.locator('script').count()).toBe(2);
    expect(problems).toEqual([]);
  });

  it('draws them all as text, and lists the paths between them', async () => {
    const { page, problems } = await openReport(file, '#view=graph');
    await page.getByLabel('Around').selectOption('*');
    await page.getByRole('img', { name: /^Drawing of \d+ nodes/ }).waitFor();
    const { graph } = dataIn(readFileSync(file, 'utf8'));
    const rows = await page.locator('.paths tbody tr').allTextContents();
    for (const [, name] of NAMES) {
      // A role's name ends its path.
      const labels = [name, `${name}/${name}`, name.split('/').at(-1)];
      const drawn = graph?.nodes.filter(({ label }) => labels.includes(label)) ?? [];
      expect(new Set(drawn.map(({ kind }) => kind))).toEqual(new Set(['cluster', 'service-account', 'role']));
      expect(rows.filter((row) => row.includes(`${name}/${name}`)).length).toBeGreaterThan(0);
    }
    expect(rows.join()).toContain('admin\ufffdnimda');
    expect(rows.join()).not.toContain('\u202e');
    expect(await page.locator('img:not([role]), iframe, object, embed, base, form[action]').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
  });

  it.each(NAMES)('draws the neighbourhood of %s', async (_name, name) => {
    const { page, problems } = await openReport(file, '#view=graph');
    await page.getByRole('searchbox', { name: 'Search paths' }).fill(name);
    const row = page.locator('.paths tbody tr', { hasText: `${name}/${name}` }).first();
    await row.waitFor();
    expect(await row.textContent()).toContain(name);
    expect(problems).toEqual([]);
  });

  it('shows what would turn the direction of reading or hide', async () => {
    const { page } = await openReport(file, '#finding=aaaa');
    const detail = page.getByRole('article');
    expect(await detail.getByRole('heading', { level: 2 }).textContent()).toBe('admin\ufffdnimda\ufffd');
    expect(await detail.locator('.what').textContent()).toBe('a\ufffdb\ufffdc');
  });

  it('cuts a name of ten thousand characters until it is asked for, and stays as wide as the window', async () => {
    const { page, problems } = await openReport(file, '#finding=aaaa');
    const fact = page.getByRole('article').locator('dd', { hasText: 'xxx' });
    expect((await fact.textContent())?.length).toBeLessThan(700);
    await fact.getByRole('button', { name: 'Show all 10,000 characters' }).click();
    await expect.poll(() => fact.textContent()).toContain(TAG);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
  });
});

it('would refuse a script that somebody put in, and would tell', async () => {
  const { page, problems } = await openReport(file);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken"';
    document.body.append(script);
    document.body.insertAdjacentHTML('beforeend', '<img src="https://example.com/x.png" style="color: red">');
  });
  await expect.poll(() => problems.length).toBeGreaterThanOrEqual(4);
  expect(await page.title()).not.toBe('taken');
  for (const what of ['Executing inline script', 'Applying inline style', 'Loading the image'])
    expect(problems.join('\n')).toContain(what);
  expect(
    problems.filter((problem) => problem.includes('violates the following Content Security Policy')),
  ).toHaveLength(3);
});
