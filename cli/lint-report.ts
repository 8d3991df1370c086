import { type LintOptions, lint } from '../shared/lint/lint.ts';
import type { LintReport } from '../shared/lint/report.ts';
import { isUnrendered, mayConcern } from '../shared/lint/unparsed.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';
import type { LintInput, LintInputs } from './lint-files.ts';

/** Lints files one after the other, and says what of the arguments was not judged; `fixed` is how many findings were mended before. Throws UsageError for a missing file. */
export async function lintReport(
  { files, searched, leftOut, broken }: LintInputs,
  options: LintOptions,
  fixed: number,
  io: Io,
): Promise<LintReport> {
  const findings: LintReport['findings'] = [];
  const undecided: LintReport['undecided'] = [];
  const unreadable: LintReport['unreadable'] = [];
  const skipped: string[] = [];
  const judged = new Set<string>();
  for (const { file, named } of files) {
    const name = file === '-' ? 'stdin' : file;
    const text = await readText(file, 'file', io);
    const linted = lint(name, text, options);
    if ('error' in linted || linted.kinds.length === 0) {
      const { error: reason, ...place } = 'error' in linted ? linted : NOTHING_KNOWN;
      if (isMissed({ file, named }, text, 'error' in linted)) {
        judged.add(file);
        unreadable.push({ file: name, ...place, error: reason });
        continue;
      }
      skipped.push(name);
      if (named) undecided.push({ file: name, ...place, reason });
      continue;
    }
    judged.add(file);
    findings.push(...linted.findings.map((one) => ({ file: name, ...one })));
    undecided.push(...linted.undecided.map((one) => ({ file: name, ...one })));
  }
  const empty = [...searched].filter(([, found]) => ![...found].some((file) => judged.has(file)));
  undecided.push(
    ...broken.map((file) => ({ file, ...BROKEN })),
    ...empty.map(([file]) => ({ file, ...NOTHING_FOUND })),
  );
  const summary = {
    files: files.length - skipped.length,
    skipped: [...skipped, ...leftOut.map((folder) => `${folder}/`)].sort(),
    fixed,
    ...countsOf(findings),
  };
  return { schemaVersion: 1, findings: sorted(findings), undecided: sorted(undecided), unreadable, summary };
}

const NOTHING_KNOWN = {
  line: 1,
  column: 1,
  error:
    'Nothing of it was judged: it is no trust policy, CloudFormation template, plan of terraform show -json, eksctl config or Kubernetes manifest.',
};

const BROKEN = { line: 1, column: 1, reason: 'Nothing of it was judged: it is a link to what is not there.' };

const NOTHING_FOUND = {
  line: 1,
  column: 1,
  reason: 'Nothing in it was judged: no file is one that lint knows.',
};

/**
 * True when somebody would take it for judged: what stdin holds is meant, so is a broken file that is named, and one that
 * was found and has words of what lint knows. Templates of Helm lie about in many folders, and are no YAML before they
 * are rendered.
 */
function isMissed({ file, named }: LintInput, text: string, isBroken: boolean): boolean {
  return file === '-' || (isBroken && (named || (mayConcern(text) && !isUnrendered(text))));
}

function countsOf(findings: LintReport['findings']): Pick<LintReport['summary'], 'findings' | 'waived'> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  const counted = findings.filter(({ waiver }) => waiver === undefined);
  for (const { severity } of counted) counts[severity] += 1;
  return { findings: counts, waived: findings.length - counted.length };
}

function sorted<T extends { file: string; line: number; column: number }>(items: readonly T[]): T[] {
  return [...items].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
