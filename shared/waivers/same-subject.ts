import { PLACES, type Waiver } from './waiver.ts';

/** Whether two waivers accept the same findings by the same words, whoever says so and until when. */
export function sameSubject(a: Waiver, b: Waiver): boolean {
  return (['finding', 'rule', ...PLACES] as const).every((field) => a[field] === b[field]);
}
