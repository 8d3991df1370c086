import { compare } from '../iam/compare.ts';
import { parsePolicy } from '../iam/parse.ts';
import { editsBetween, isSame } from './edit-json.ts';
import { editJsonText, editYamlText } from './edit-source.ts';
import { type LintedFile, type LintOptions, lint } from './lint.ts';
import { type Located, walk } from './located.ts';
import { jsonOf, type PolicyText } from './policy-text.ts';
import { isProblem, readSource } from './read-source.ts';

/** A slip that was mended, and what the comparison of the policies before and after says. */
interface Fix {
  readonly rule: string;
  readonly line: number;
  readonly column: number;
  readonly proof: 'equal' | 'tightened';
}

export interface FixedFile {
  readonly text: string;
  readonly fixes: readonly Fix[];
}

/** Rules whose repair may also let somebody out: who carries a token that is not meant for STS. */
const MAY_TIGHTEN: ReadonlySet<string> = new Set(['use-audience-condition']);
const MOST_FIXES = 1000;

/**
 * Mends the slips of form in a file: repairs of trust policies that admit nobody new, which `compare` proves, and that
 * can be written where they stand, layout and comments kept. What somebody accepts stays as it is. What was mended once
 * is not found again.
 */
export function fix(name: string, text: string, options: LintOptions): FixedFile {
  const fixes: Fix[] = [];
  let current = text;
  while (fixes.length < MOST_FIXES) {
    const linted = lint(name, current, options);
    if ('error' in linted) break;
    const next = firstFix(name, current, linted, options);
    if (next === null) break;
    fixes.push(next.fix);
    current = next.text;
  }
  return { text: current, fixes };
}

function firstFix(
  name: string,
  text: string,
  linted: LintedFile,
  options: LintOptions,
): { readonly text: string; readonly fix: Fix } | null {
  for (const [index, { failure }] of linted.failures.entries()) {
    const finding = linted.findings[index];
    const trust = failure.where.role === undefined ? undefined : linted.trusts.get(failure.where.role);
    const { before, after } = failure.repair ?? {};
    if (finding === undefined || finding.waiver !== undefined) continue;
    if (trust === undefined || before === undefined || after === undefined) continue;
    const proof = proofOf(before, after, failure.rule.name);
    const changed = proof === null ? null : edited(text, trust, before, after);
    if (proof === null || changed === null) continue;
    if (!cameTrue(lint(name, changed, options), failure.where.role ?? '', after)) continue;
    const { rule, line, column } = finding;
    return { text: changed, fix: { rule, line, column, proof } };
  }
  return null;
}

/** What `compare` says of a repair: null unless it admits nobody new, and lets nobody out but where that is the point. */
function proofOf(before: string, after: string, rule: string): Fix['proof'] | null {
  const [old, mended] = [parsePolicy(before, 'trust').policy, parsePolicy(after, 'trust').policy];
  if (old === null || mended === null) return null;
  const { relation } = compare(old, mended);
  if (relation === 'equal') return 'equal';
  return relation === 'tightened' && MAY_TIGHTEN.has(rule) ? 'tightened' : null;
}

/** The file with the policy changed where it stands; null for policies that are written with functions, or in a text. */
function edited(text: string, trust: PolicyText, before: string, after: string): string | null {
  const documents = readSource(text);
  if (isProblem(documents)) return null;
  const raw = documents
    .flatMap((document) => [...walk(document)])
    .find((node) => isPolicyAt(node, trust, before));
  if (raw === undefined) return null;
  const edits = editsBetween(JSON.parse(before), JSON.parse(after));
  if (/^\uFEFF?\s*[[{]\s*"/.test(text)) return editJsonText(text, raw.at, edits);
  const [only, ...more] = edits;
  return only === undefined || more.length > 0 ? null : editYamlText(text, raw.at, only);
}

function isPolicyAt(node: Located, { root }: PolicyText, before: string): boolean {
  return node.kind === 'map' && node.at === root.at && isSame(JSON.parse(jsonOf(node)), JSON.parse(before));
}

/** True when the changed file reads as what was proven. */
function cameTrue(again: ReturnType<typeof lint>, role: string, after: string): boolean {
  const text = 'error' in again ? undefined : again.trusts.get(role)?.text;
  return text !== undefined && isSame(JSON.parse(text), JSON.parse(after));
}
