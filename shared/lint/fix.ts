import { compare } from '../iam/compare.ts';
import { parsePolicy } from '../iam/parse.ts';
import { editsBetween, isSame, isSamePolicy } from './edit-json.ts';
import { editJsonText } from './edit-json-text.ts';
import { editYamlText } from './edit-yaml-text.ts';
import { type LintedFile, type LintOptions, lint } from './lint.ts';
import { type Located, walk } from './located.ts';
import { jsonOf, type PolicyText } from './policy-text.ts';
import { isProblem, readSource } from './read-source.ts';
import { deletedIn, dropsLiving } from './unique-ids.ts';

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

/** A repair of one role's trust policy that is proven, and not written yet. */
interface Mend {
  readonly fix: Fix;
  readonly role: string;
  readonly trust: PolicyText;
  readonly before: string;
  readonly after: string;
}

/** A text, and what lint says of it. */
interface Judged {
  readonly text: string;
  readonly linted: LintedFile;
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
  const judge = (changed: string): Judged | null => {
    const linted = lint(name, changed, options);
    return 'error' in linted ? null : { text: changed, linted };
  };
  const fixes: Fix[] = [];
  const unwritable = new Set<string>();
  let current = judge(text);
  while (current !== null && fixes.length < MOST_FIXES) {
    const round = roundOf(current.linted, options, unwritable);
    if (round.length === 0) break;
    const { judged, made } = written(current, round.slice(0, MOST_FIXES - fixes.length), judge);
    for (const mend of round) if (!made.includes(mend)) unwritable.add(keyOf(mend));
    fixes.push(...made.map((mend) => mend.fix).reverse());
    current = judged;
  }
  return { text: current?.text ?? text, fixes };
}

const keyOf = ({ role, fix: { rule }, after }: Pick<Mend, 'role' | 'fix' | 'after'>): string =>
  JSON.stringify([role, rule, after]);

/** One repair of each role that has any, the last in the file first: none moves what is still to be written. */
function roundOf(linted: LintedFile, options: LintOptions, unwritable: ReadonlySet<string>): Mend[] {
  const deleted = deletedIn(options.snapshot);
  const mends = new Map<string, Mend>();
  for (const [index, { failure }] of linted.failures.entries()) {
    const finding = linted.findings[index];
    const { role } = failure.where;
    const trust = role === undefined ? undefined : linted.trusts.get(role);
    const { before, after } = failure.repair ?? {};
    if (finding === undefined || finding.waiver !== undefined) continue;
    if (role === undefined || trust === undefined || mends.has(role)) continue;
    if (before === undefined || after === undefined || dropsLiving(before, after, deleted)) continue;
    const { rule, line, column } = finding;
    const proof = proofOf(before, after, rule);
    if (proof === null) continue;
    const mend = { fix: { rule, line, column, proof }, role, trust, before, after };
    if (!unwritable.has(keyOf(mend))) mends.set(role, mend);
  }
  return [...mends.values()].sort((one, other) => other.trust.root.at - one.trust.root.at);
}

/** What `compare` says of a repair: null unless it admits nobody new, and lets nobody out but where that is the point. */
function proofOf(before: string, after: string, rule: string): Fix['proof'] | null {
  const [old, mended] = [parsePolicy(before, 'trust').policy, parsePolicy(after, 'trust').policy];
  if (old === null || mended === null) return null;
  const { relation } = compare(old, mended);
  if (relation === 'equal') return 'equal';
  return relation === 'tightened' && MAY_TIGHTEN.has(rule) ? 'tightened' : null;
}

interface Written {
  readonly judged: Judged;
  readonly made: readonly Mend[];
}

/** Writes as many of the repairs as come true: all at once, since judging a file takes time, else in halves. */
function written(current: Judged, mends: readonly Mend[], judge: (text: string) => Judged | null): Written {
  const text = mends.reduce<string | null>(
    (changed, mend) => (changed === null ? null : edited(changed, mend)),
    current.text,
  );
  const after = text === null ? null : judge(text);
  if (after !== null && cameTrue(current.linted, after.linted, mends)) return { judged: after, made: mends };
  if (mends.length < 2) return { judged: current, made: [] };
  const middle = Math.ceil(mends.length / 2);
  const first = written(current, mends.slice(0, middle), judge);
  const second = written(first.judged, mends.slice(middle), judge);
  return { judged: second.judged, made: [...first.made, ...second.made] };
}

/** The file with the policy changed where it stands; null for policies that are written with functions, or in a text. */
function edited(text: string, { trust, before, after }: Mend): string | null {
  const documents = readSource(text);
  if (isProblem(documents)) return null;
  const raw = documents
    .flatMap((document) => [...walk(document)])
    .find((node) => isPolicyAt(node, trust, before));
  if (raw === undefined) return null;
  const edits = editsBetween(JSON.parse(before), JSON.parse(after));
  return /^\uFEFF?\s*[[{]\s*"/.test(text)
    ? editJsonText(text, raw.at, edits)
    : editYamlText(text, raw.at, edits);
}

function isPolicyAt(node: Located, { root }: PolicyText, before: string): boolean {
  return node.kind === 'map' && node.at === root.at && isSame(JSON.parse(jsonOf(node)), JSON.parse(before));
}

/** True when the changed file reads as what was proven, and every other policy of it as before. */
function cameTrue(before: LintedFile, { trusts }: LintedFile, mends: readonly Mend[]): boolean {
  const wanted = new Map(mends.map(({ role, after }) => [role, after]));
  return [...before.trusts].every(([role, { text: old }]) => {
    const [now, mended] = [trusts.get(role)?.text, wanted.get(role)];
    if (now === undefined || mended === undefined) return now === old;
    return isSamePolicy(JSON.parse(now), JSON.parse(mended));
  });
}
