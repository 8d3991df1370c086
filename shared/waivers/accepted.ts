import type { Finding } from '../findings/finding.ts';
import { type Coverable, covers } from './covers.ts';
import { standingOf, type WaiverTerms } from './standing.ts';
import type { Waiver } from './waiver.ts';

/** The waivers that somebody wrote, and the terms on which they hold. */
export type Accepted = WaiverTerms & { readonly waivers: readonly Waiver[] };

/** Those that hold now. */
export function holding({ waivers, ...terms }: Accepted): Waiver[] {
  return waivers.filter((waiver) => standingOf(waiver, terms) === 'holds');
}

/**
 * The waiver that accepts one thing that is seen in several ways, because a part of its place is not known: it has to
 * cover every one of them. Of several waivers the one that holds longest.
 */
export function acceptedBy(sights: readonly Coverable[], waivers: readonly Waiver[]): Waiver | undefined {
  return longest(waivers.filter((waiver) => sights.every((sight) => covers(waiver, sight))));
}

function longest(waivers: readonly Waiver[]): Waiver | undefined {
  return waivers.reduce<Waiver | undefined>(
    (last, one) => (last === undefined || one.expires > last.expires ? one : last),
    undefined,
  );
}

/** What a waived finding says of its waiver: who accepts it, why, where that was decided, and until when. */
export function acceptanceOf({ owner, reason, ticket, expires }: Waiver): NonNullable<Finding['waiver']> {
  return { owner, reason, ticket, expires };
}
