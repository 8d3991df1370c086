import * as z from 'zod';
import { isClusterName, isRegion } from '../triggers/names.ts';
import type { Scope } from './scope.ts';

const account = z.string().regex(/^\d{12}$/);

/**
 * What is read at one time, and in which one evaluation runs at a time: an account, with all scopes in it that are asked
 * for meanwhile, or one cluster, for which it may be necessary to wait.
 */
export const laneSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('account'), account }),
  z.strictObject({
    kind: z.literal('cluster'),
    account,
    region: z.string().refine(isRegion),
    cluster: z.string().refine(isClusterName),
  }),
]);

export type Lane = z.infer<typeof laneSchema>;

/** Input of the state machine `Reevaluate`: one evaluation of a lane. What it judges is in the register. */
export const turnSchema = z.strictObject({
  /** Name of the execution: the same however often the turn is started. */
  name: z.string().regex(/^[\w-]{1,80}$/),
  lane: laneSchema,
  /** Counts the turns of the lane. */
  number: z.number().int().positive(),
});

export type Turn = z.infer<typeof turnSchema>;

/** The lane in which a scope is judged. */
export function laneOf(scope: Scope): Lane {
  const { account } = scope;
  const place = scope.kind === 'cluster' ? scope : 'after' in scope ? scope.after : undefined;
  if (place === undefined) return { kind: 'account', account };
  return { kind: 'cluster', account, region: place.region, cluster: place.cluster };
}

/** One text per lane. */
export function laneKey(lane: Lane): string {
  return lane.kind === 'account' ? lane.account : `${lane.account}/${lane.region}/${lane.cluster}`;
}

/**
 * A turn with the name of its execution: at most 80 characters that Step Functions takes, readable at the front,
 * distinct for lanes that read alike.
 */
export function turnOf(lane: Lane, number: number, hash: (text: string) => string): Turn {
  const readable = laneKey(lane)
    .replace(/[^\w-]/g, '-')
    .slice(0, 52);
  return { name: `${readable}-${hash(laneKey(lane)).slice(0, 12)}-${number}`, lane, number };
}
