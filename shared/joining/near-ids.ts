import { parseIssuer } from '../identity/issuer.ts';
import { issuerNearMiss } from '../identity/near-issuer.ts';

/** Ids of the issuers of all clusters: how a mistyped one is found among tens of thousands. */
export interface NearIds {
  readonly add: (id: string) => void;
  /** Ids that resemble one too closely to be another (issuerNearMiss). */
  readonly near: (id: string) => readonly string[];
}

/** Six typos in 32 digits leave one of eight pieces as it was. */
const PIECE = 4;
/** Random ids share a piece with one in four thousand others. */
const MOST_COMPARED = 1_000;

/** Finds them by the pieces that they share: quick, and blind to some typos of several kinds at once. */
export function nearIds(): NearIds {
  const byPiece = new Map<string, string[]>();
  return {
    add: (id) => {
      for (const piece of piecesOf(id)) {
        const known = byPiece.get(piece);
        if (known === undefined) byPiece.set(piece, [id]);
        else known.push(id);
      }
    },
    near: (id) => {
      const shared = new Set(piecesOf(id).flatMap((piece) => byPiece.get(piece) ?? []));
      return [...shared].slice(0, MOST_COMPARED).filter((other) => isNear(id, other));
    },
  };
}

/** Compares each with each, and forgets nothing that it found. */
export function everyNearId(): NearIds {
  const ids: string[] = [];
  const known = new Map<string, readonly string[]>();
  return {
    add: (id) => {
      ids.push(id);
      known.clear();
    },
    near: (id) => {
      const found = known.get(id) ?? ids.filter((other) => other !== id && isNear(id, other));
      known.set(id, found);
      return found;
    },
  };
}

/** Pieces with their places, counted from both ends: a digit too few or too many shifts those on one side of it. */
function piecesOf(id: string): readonly string[] {
  if (!/^[0-9a-z]{8,64}$/.test(id)) return [];
  const pieces: string[] = [];
  for (let at = 0; at + PIECE <= id.length; at += PIECE) {
    pieces.push(`${at} ${id.slice(at, at + PIECE)}`);
    pieces.push(`-${at} ${id.slice(id.length - at - PIECE, id.length - at)}`);
  }
  return pieces;
}

const issuerOf = (id: string): string => `oidc.eks.eu-west-1.amazonaws.com/id/${id.toUpperCase()}`;

const isNear = (id: string, right: string): boolean =>
  issuerNearMiss(issuerOf(id), parseIssuer(issuerOf(right))) !== null;
