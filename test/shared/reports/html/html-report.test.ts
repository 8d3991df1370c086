import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit } from '../../../../shared/audit/audit.ts';
import { defaultConfig } from '../../../../shared/config/config.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import { pageAssets, UnsafePageError } from '../../../../shared/lambda/page-assets.ts';
import { htmlReport } from '../../../../shared/reports/html/html-report.ts';
import { demoSnapshot } from '../../../../simulator/demo/organization.ts';
import { findingOf } from '../../../support/findings.ts';
import { dataIn, NO_PAGE } from '../../../support/html-reports.ts';

const estate = buildEstate(demoSnapshot());
const judged = audit(estate, { config: defaultConfig, hash: sha256 });
const input = { audit: judged, takenAt: '2026-11-22T09:00:00Z', version: '0.1.0', partitions: new Map() };

/** Contents of the elements of a kind. */
function elements(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 'gs'))].map(
    ([, text = '']) => text,
  );
}

describe('the file', () => {
  const html = htmlReport({ ...input, estate }, NO_PAGE);

  it('admits its own script and style by their hashes, and nothing else', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(elements(html, 'script')[1] ?? '')}`,
      `style-src ${hash(elements(html, 'style')[0] ?? '')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(policy).not.toContain('unsafe');
    // The policy comes before everything that it is to govern.
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<(script|style|link)/));
  });

  it('has data, one script and one style, and no address that a browser would load', () => {
    expect(elements(html, 'script')).toHaveLength(2);
    expect(elements(html, 'style')).toHaveLength(1);
    expect(html.replace(/<script[^>]*>.*?<\/script>/gs, '')).not.toMatch(/\s(src|href|srcset|action)=/);
  });

  it('is the same for the same input', () => {
    expect(htmlReport({ ...input, estate: buildEstate(demoSnapshot()) }, NO_PAGE)).toBe(html);
  });

  it('holds every finding of the audit', () => {
    expect(dataIn(html).findings.map(({ fingerprint }) => fingerprint)).toEqual(
      judged.findings.map(({ fingerprint }) => fingerprint),
    );
  });

  it('stays three elements whatever strangers wrote', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('</script>', '<!--<script>', '"><img src=x onerror=alert(1)>', '\u202egro', '</title>'),
    );
    fc.assert(
      fc.property(text, text, text, (detail, role, takenAt) => {
        const finding = findingOf({ detail, role });
        const written = htmlReport({ ...input, takenAt, audit: { ...judged, findings: [finding] } }, NO_PAGE);
        expect(elements(written, 'script')).toHaveLength(2);
        expect(written.match(/<[a-z!/]/gi)).toEqual(html.match(/<[a-z!/]/gi));
        expect(dataIn(written).findings).toHaveLength(1);
      }),
      { numRuns: 40 },
    );
  });
});

it.each(['</script>', '<!-- -->', '</STYLE >'])('refuses a page whose code holds %s', (text) => {
  expect(() => pageAssets({ script: text, style: '' })).toThrow(UnsafePageError);
  expect(() => pageAssets({ script: '', style: text })).toThrow(UnsafePageError);
});
