import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../../shared/identity/checks.ts';

describe('docs/checks.md', () => {
  const doc = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8');
  it.each(Object.keys(CHECKS))('describes %s', (check) => {
    expect(doc).toContain(`| \`${check}\` |`);
  });
});
