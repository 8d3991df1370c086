import * as z from 'zod';

const RELATIONS = [
  'equal',
  'tightened',
  'widened',
  'incomparable',
  'undecided',
  'created',
  'deleted',
  'unknown',
] as const;

const sentence = z.string().max(1000);

/** What a change of a role's trust policy did to the identities that it admits. */
export const trustEffectSchema = z.strictObject({
  relation: z
    .enum(RELATIONS)
    .describe(
      'The identities admitted now against those before; undecided: not comparable for sure; unknown: one side is not known',
    ),
  gained: sentence.optional().describe('Somebody who gets in now and did not before'),
  lost: sentence.optional().describe('Somebody who got in before and does not now'),
  reason: sentence.optional().describe('Why it is undecided, unknown, or not wholly known'),
  before: z.iso.datetime().optional().describe('When the state before was read, UTC'),
});

export type TrustEffect = Readonly<z.infer<typeof trustEffectSchema>>;
