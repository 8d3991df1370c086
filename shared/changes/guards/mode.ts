import { type Fixes, type FixSelector, MODES, type Mode } from '../../config/fixes.ts';
import type { Verdict } from '../applying.ts';
import type { Reading } from './reading.ts';

/** Where a fix acts, as far as settings tell it apart. */
export interface FixPlace {
  /** Null: it answers no finding. */
  readonly rule: string | null;
  readonly account: string;
  /** Every cluster that it is about; null: not known, so that each setting for a cluster may be meant. */
  readonly clusters: readonly FixCluster[] | null;
  /** Tags of the role that it changes; null: it changes none. */
  readonly roleTags: Reading<Readonly<Record<string, string>>> | null;
}

export interface FixCluster {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
}

/**
 * The mode of a place: of the settings that fit it the one that names most, of equals the more cautious. A setting that
 * may fit, since something was not read, counts when it is the more cautious one. Exceptions are off, and so is
 * everything without `fixes` in the configuration.
 */
export function modeOf(fixes: Fixes | undefined, place: FixPlace): Mode {
  if (fixes === undefined) return 'off';
  if (fixes.exceptions.some((one) => fits(one, place) !== 'no')) return 'off';
  const rated = fixes.settings.map((one) => ({ ...one, names: namesOf(one), fit: fits(one, place) }));
  const certain = rated.filter(({ fit }) => fit === 'yes');
  const most = Math.max(0, ...certain.map(({ names }) => names));
  const winners = certain.filter(({ names }) => names === most).map(({ mode }) => mode);
  const possible = rated.filter(({ fit, names }) => fit === 'maybe' && names >= most).map(({ mode }) => mode);
  return mostCautious(winners.length === 0 ? [fixes.mode, ...possible] : [...winners, ...possible]);
}

/** Whether anything but off is possible in a place: what is not known yet may turn out to fit. */
export function mayAct(fixes: Fixes | undefined, place: FixPlace): boolean {
  if (fixes === undefined || fixes.exceptions.some((one) => fits(one, place) === 'yes')) return false;
  const possible = fixes.settings.filter((one) => fits(one, place) === 'maybe');
  return modeOf({ ...fixes, exceptions: [] }, place) !== 'off' || possible.some(({ mode }) => mode !== 'off');
}

/** `off` before `plan` before `approve` before `auto`. */
export function mostCautious(modes: readonly Mode[]): Mode {
  return MODES.find((mode) => modes.includes(mode)) ?? 'off';
}

/** Whether a mode lets a plan be applied at all; whether it needs an approval is another guard's. */
export function decideMode(mode: Mode): Verdict {
  switch (mode) {
    case 'off':
      return refused('the configuration (fixes) switches fixes off here');
    case 'plan':
      return refused('the mode here is "plan": nothing is applied; set fixes to "approve" where it may be');
    case 'approve':
    case 'auto':
      return { allowed: true };
  }
}

const refused = (reason: string): Verdict => ({ allowed: false, reason });

const namesOf = ({ rule, account, cluster, roleTag }: FixSelector): number =>
  [rule, account, cluster, roleTag].filter((one) => one !== undefined).length;

type Fit = 'yes' | 'no' | 'maybe';

function fits({ rule, account, cluster, roleTag }: FixSelector, place: FixPlace): Fit {
  const parts: Fit[] = [
    rule === undefined || rule === place.rule ? 'yes' : 'no',
    account === undefined || account === place.account ? 'yes' : 'no',
    cluster === undefined ? 'yes' : fitsCluster(cluster, place.clusters),
    roleTag === undefined ? 'yes' : fitsTag(roleTag, place.roleTags),
  ];
  if (parts.includes('no')) return 'no';
  return parts.includes('maybe') ? 'maybe' : 'yes';
}

function fitsCluster(wanted: string, clusters: FixPlace['clusters']): Fit {
  if (clusters === null) return 'maybe';
  const found = clusters.some(
    ({ account, region, cluster }) =>
      wanted === cluster || wanted.endsWith(`:eks:${region}:${account}:cluster/${cluster}`),
  );
  return found ? 'yes' : 'no';
}

function fitsTag({ key, value }: NonNullable<FixSelector['roleTag']>, tags: FixPlace['roleTags']): Fit {
  if (tags === null) return 'no';
  if (!tags.known) return 'maybe';
  return tags.value[key] === value ? 'yes' : 'no';
}
