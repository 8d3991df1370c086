import { defaultConfig } from '../../shared/config/config.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { type LintedFile, type LintOptions, lint } from '../../shared/lint/lint.ts';
import { rules } from '../../shared/rules/index.ts';

export const LINT_OPTIONS: LintOptions = {
  config: defaultConfig,
  hash: sha256,
  rules: rules.filter(({ kind }) => kind !== 'blind'),
  snapshot: null,
  cluster: null,
  place: {},
  accepted: { waivers: [], now: new Date('2026-11-22T12:00:00Z'), mostDays: 365 },
};

/** Lints a text that can be read. */
export function linted(text: string, change: Partial<LintOptions> = {}, name = 'file.yaml'): LintedFile {
  const result = lint(name, text, { ...LINT_OPTIONS, ...change });
  if ('error' in result) throw new Error(`${result.line}:${result.column} ${result.error}`);
  return result;
}

/** `rule line:column` of each finding. */
export function told(text: string, change: Partial<LintOptions> = {}): string[] {
  return linted(text, change).findings.map(({ rule, line, column }) => `${rule} ${line}:${column}`);
}
