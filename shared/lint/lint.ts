import type { Config } from '../config/config.ts';
import type { Snapshot } from '../estate/snapshot.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import type { Rule, Undecided } from '../rules/define-rule.ts';
import { judge } from '../rules/judge.ts';
import { type Accepted, acceptanceOf, acceptedBy, holding } from '../waivers/accepted.ts';
import { certain, type Failing, type PlacedFailure, type PlacedUndecided } from './certain.ts';
import { readCloudFormation } from './cloudformation/read.ts';
import { type DocumentKind, kindOf } from './kind.ts';
import type { Located } from './located.ts';
import { type LocatedEstate, locatedEstate, providerOf } from './located-estate.ts';
import { placeOf } from './place-of.ts';
import type { PolicyText } from './policy-text.ts';
import { positionsIn } from './positions.ts';
import { readEksctl } from './read-eksctl.ts';
import { readKubernetes } from './read-kubernetes.ts';
import { isProblem, readSource } from './read-source.ts';
import { readTrustPolicy } from './read-trust-policy.ts';
import { type Shown, together } from './shown.ts';
import { readTerraformPlan } from './terraform/read.ts';
import { deletedIn, wordsForIds } from './unique-ids.ts';
import { shownName, type Values, valuesOf, type World } from './unresolved.ts';
import { withoutInnerPlace, wordsOf } from './words.ts';
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
  /** What is accepted. */
  readonly accepted: Accepted;
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
  /** Who accepts it, of a waived one. */
  readonly waiver?: NonNullable<Finding['waiver']>;
}

/** Something that the file alone does not decide. */
interface LintUndecided extends InFile {
  readonly rule?: string;
  readonly reason: string;
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
  const accountTold = options.place.account !== undefined;
  const bareIn = (known: KnownPlace): World => ({
    place: likelyPlace(known, literals),
    accountTold,
    values: new Map(),
    refused: new Set(),
  });
  const known = settledPlace(look(documents, name, bareIn(options.place)).shown, kinds, options.place);
  const nothingKnown = bareIn(known);
  const bare = look(documents, name, nothingKnown);
  const world = firstWorld(nothingKnown, bare.values.asked, bare.shown);
  const first = verdicts(look(documents, name, world), options);
  const worlds = otherWorlds(world, bare.values.asked, bare.shown, literals, known);
  const { told, undecided } = certain(first, world, worlds, (w) =>
    verdicts(look(documents, name, w), options),
  );
  const { said, advised } = wordsOf(world, {
    names: [...bare.values.asked.values.keys()],
    issuers: bare.values.asked.issuers,
    snapshot: options.snapshot !== null,
    account: accountTold,
  });
  const open = [...bare.values.asked.values.values()].map((one) => ({
    at: one.at,
    reason: `${shownName(one.name)} is left open: what depends on it is undecided`,
  }));
  const waivers = holding(options.accepted);
  const deleted = deletedIn(options.snapshot);
  return {
    kinds,
    failures: told,
    trusts: new Map([...first.located.roles].map(([arn, { trust }]) => [arn, trust])),
    findings: told.map(({ failure, at, sights }) => {
      const { rule, where, identity } = failure;
      const id = fingerprint(`${name} ${rule.name}`, where, identity, options.hash);
      const seen = sights.map((sight) => ({ ...sight.where, rule: rule.name, fingerprint: id }));
      const waiver = acceptedBy(seen, waivers);
      const own = wordsForIds(failure, deleted);
      return {
        ...position(at),
        rule: rule.name,
        number: rule.number,
        severity: failure.severity,
        message: said(withoutInnerPlace(own?.detail ?? failure.detail)),
        remedy: advised(own?.remedy ?? failure.repair?.text ?? rule.remedy),
        fingerprint: id,
        ...(waiver !== undefined && { waiver: acceptanceOf(waiver) }),
      };
    }),
    undecided: [
      ...first.located.left.map(({ at, text: reason }) => ({ at, reason })),
      ...open,
      ...undecided,
      ...first.undecided,
    ].map(({ at, ...rest }) => ({ ...position(at), ...rest, reason: said(rest.reason) })),
  };
}

/**
 * A stack is in one account: where nobody told which, in that of the only provider of EKS that its roles trust, since they
 * could use no other.
 */
function settledPlace({ roles }: Shown, kinds: readonly DocumentKind[], told: KnownPlace): KnownPlace {
  if (told.account !== undefined || kinds.join() !== 'cloudformation') return told;
  const [account, ...others] = new Set(roles.flatMap((role) => providerOf(role)?.account ?? []));
  return account === undefined || others.length > 0 || account === NO_ACCOUNT ? told : { ...told, account };
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
      return readTrustPolicy(document, nameOfFile(name), values);
    case 'cloudformation':
      return readCloudFormation(document, values);
    case 'terraform-plan':
      return readTerraformPlan(document, values);
    case 'eksctl':
      return readEksctl(document, values);
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

interface Verdicts extends Failing {
  readonly located: LocatedEstate & Pick<Shown, 'left'>;
  readonly undecided: readonly PlacedUndecided[];
}

function verdicts({ shown, values }: Look, options: LintOptions): Verdicts {
  const { snapshot, cluster, config, rules } = options;
  const located = { ...locatedEstate(shown, values.place, { snapshot, cluster }), left: shown.left };
  const { failures, undecided } = judge(located.estate, config, undefined, rules);
  return {
    located,
    absent: shown.absent,
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
