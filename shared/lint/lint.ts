import type { Config } from '../config/config.ts';
import type { Snapshot } from '../estate/snapshot.ts';
import type { Severity } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import type { Failure, Rule, Undecided } from '../rules/define-rule.ts';
import { judge } from '../rules/judge.ts';
import { readCloudFormation } from './cloudformation/read.ts';
import { dependsOnOpen, leftUndecided } from './depends.ts';
import { type DocumentKind, kindOf } from './kind.ts';
import type { Located } from './located.ts';
import { type LocatedEstate, locatedEstate } from './located-estate.ts';
import { placeOf } from './place-of.ts';
import type { PolicyText } from './policy-text.ts';
import { positionsIn } from './positions.ts';
import { readEksctl } from './read-eksctl.ts';
import { readKubernetes } from './read-kubernetes.ts';
import { isProblem, readSource } from './read-source.ts';
import { readTrustPolicy } from './read-trust-policy.ts';
import { type Shown, together } from './shown.ts';
import { readTerraformPlan } from './terraform/read.ts';
import { shownNames, type Values, valuesOf, type World } from './unresolved.ts';
import { firstWorld, type KnownPlace, likelyPlace, literalsOf, NO_ACCOUNT, otherWorlds } from './worlds.ts';

export interface LintOptions {
  readonly config: Config;
  /** Hexadecimal hash of a text: makes the fingerprints. */
  readonly hash: (text: string) => string;
  readonly rules: readonly Rule[];
  /** What is known of the estate beside the file. */
  readonly snapshot: Snapshot | null;
  /** The cluster that manifests are for. */
  readonly cluster: { readonly account: string; readonly region: string; readonly name: string } | null;
  /** Where templates and plans are deployed. */
  readonly place: KnownPlace;
}

interface InFile {
  readonly line: number;
  readonly column: number;
}

/** A rule that the file breaks, whatever the values are that it leaves open. */
interface LintFinding extends InFile {
  readonly rule: string;
  readonly number: string;
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string;
  readonly fingerprint: string;
}

/** Something that the file alone does not decide. */
interface LintUndecided extends InFile {
  readonly rule?: string;
  readonly reason: string;
}

/** A failed check, where it is in the text. */
interface PlacedFailure {
  readonly failure: Failure;
  readonly at: number;
}

/** What lint says of one file. */
export interface LintedFile {
  readonly kinds: readonly DocumentKind[];
  readonly findings: readonly LintFinding[];
  readonly undecided: readonly LintUndecided[];
  /** The failures behind the findings, for repairs. */
  readonly failures: readonly PlacedFailure[];
  /** The trust policies that it shows, by the role's ARN. */
  readonly trusts: ReadonlyMap<string, PolicyText>;
}

/** A file that cannot be read. */
export interface UnreadableFile extends InFile {
  readonly error: string;
}

/**
 * Judges one file by the rules, as far as it tells. A finding is told only when it holds whatever the values are that
 * the file leaves open; everything else is undecided, never passed.
 */
export function lint(name: string, text: string, options: LintOptions): LintedFile | UnreadableFile {
  const documents = readSource(text);
  const position = positionsIn(text);
  if (isProblem(documents)) return { error: documents.message, ...position(documents.offset) };
  const kinds = [...new Set(documents.flatMap((document) => kindOf(document) ?? []))];
  const literals = literalsOf(text);
  const place = likelyPlace(options.place, literals);
  const accountTold = options.place.account !== undefined;
  const nothingKnown: World = { place, accountTold, values: new Map(), refused: new Set() };
  const bare = look(documents, name, nothingKnown);
  const world = firstWorld(nothingKnown, bare.values.asked, bare.shown);
  const first = verdicts(look(documents, name, world), options);
  const worlds = otherWorlds(world, bare.values.asked, bare.shown, literals, options.place);
  const certain = kept(first, world, worlds, (other) => verdicts(look(documents, name, other), options));
  const names = [...bare.values.asked.values.keys()];
  const words = (raw: string) => inWords(shownNames(shownValues(raw, world), names), options);
  const open = [...bare.values.asked.values.values()].map((one) => ({
    at: one.at,
    reason: `\${${one.name}} is left open: what depends on it is undecided`,
  }));
  return {
    kinds,
    failures: certain.told,
    trusts: new Map([...first.located.roles].map(([arn, { trust }]) => [arn, trust])),
    findings: certain.told.map(({ failure, at }) => ({
      ...position(at),
      rule: failure.rule.name,
      number: failure.rule.number,
      severity: failure.severity,
      message: words(withoutInnerPlace(failure.detail)),
      remedy: words(failure.repair?.text ?? failure.rule.remedy),
      fingerprint: fingerprint(`${name} ${failure.rule.name}`, failure.where, failure.identity, options.hash),
    })),
    undecided: [
      ...first.located.left.map(({ at, text: reason }) => ({ at, reason })),
      ...open,
      ...certain.undecided,
      ...first.undecided,
    ].map(({ at, ...rest }) => ({ ...position(at), ...rest, reason: words(rest.reason) })),
  };
}

interface Look {
  readonly shown: Shown;
  readonly values: Values;
}

function look(documents: readonly Located[], name: string, world: World): Look {
  const values = valuesOf(world);
  return { values, shown: together(documents.map((document) => read(document, name, values))) };
}

function read(document: Located, name: string, values: Values): Shown {
  switch (kindOf(document)) {
    case 'trust-policy':
      return readTrustPolicy(document, nameOfFile(name));
    case 'cloudformation':
      return readCloudFormation(document, values);
    case 'terraform-plan':
      return readTerraformPlan(document, values);
    case 'eksctl':
      return readEksctl(document);
    case 'kubernetes':
      return readKubernetes(document, values);
    case null:
      return together([]);
  }
}

function nameOfFile(name: string): string {
  return (
    name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replace(/\.\w+$/, '') || 'role'
  );
}

interface Verdicts {
  readonly located: LocatedEstate & Pick<Shown, 'left'>;
  readonly failures: readonly PlacedFailure[];
  readonly undecided: readonly { readonly at: number; readonly rule: string; readonly reason: string }[];
}

function verdicts({ shown, values }: Look, options: LintOptions): Verdicts {
  const { snapshot, cluster, config, rules } = options;
  const located = { ...locatedEstate(shown, values.place, { snapshot, cluster }), left: shown.left };
  const { failures, undecided } = judge(located.estate, config, undefined, rules);
  return {
    located,
    failures: failures.flatMap((failure) => {
      const at = placeOf(failure, located);
      return at === null ? [] : [{ failure, at }];
    }),
    undecided: undecided.flatMap((one) => undecidedIn(one, located)),
  };
}

function undecidedIn({ rule, where, read: call, reason, whole }: Undecided, located: LocatedEstate) {
  if (whole) return [];
  const at = placeOf({ rule, where, evidence: {} }, located);
  return at === null ? [] : [{ at, rule: rule.name, reason: `${call}: ${reason}` }];
}

interface Kept {
  readonly told: readonly PlacedFailure[];
  readonly undecided: readonly { readonly at: number; readonly rule: string; readonly reason: string }[];
}

/** The failures of the first world that hold in every other, and the rest as undecided. */
function kept(
  { failures, located }: Verdicts,
  first: World,
  worlds: readonly World[] | null,
  look: (world: World) => Verdicts,
): Kept {
  let told = failures.filter(
    ({ failure }) =>
      !leftUndecided(failure, located, first) && !(worlds === null && dependsOnOpen(failure, located, first)),
  );
  for (const world of worlds ?? []) {
    if (told.length === 0) break;
    const there = new Set(look(world).failures.map(keyOf));
    told = told.filter((one) => there.has(keyOf(one)));
  }
  const rest = failures.filter((one) => !told.includes(one));
  return {
    told,
    undecided: rest.map(({ failure, at }) => ({
      at,
      rule: failure.rule.name,
      reason: 'it depends on values that the file leaves open',
    })),
  };
}

const keyOf = ({ failure, at }: PlacedFailure): string => `${failure.rule.name} ${at}`;

/** Values of a kind of their own are shown by their names, too. */
function shownValues(text: string, { values }: World): string {
  let shown = text;
  for (const [name, value] of values) shown = shown.replaceAll(value, `\${${name}}`);
  return shown;
}

/** What is said of a snapshot where there is one, and an account that nobody named. */
function inWords(text: string, { snapshot, place }: LintOptions): string {
  const said = snapshot === null ? text.replaceAll('not in the snapshot', 'not in the file') : text;
  return place.account === undefined ? said.replaceAll(NO_ACCOUNT, '<account>') : said;
}

/** The place within the policy itself: the finding has that in the file. */
function withoutInnerPlace(detail: string): string {
  return detail.replace(/\bLine \d+, column \d+( \(\/[^)]*\))?: /, '');
}
