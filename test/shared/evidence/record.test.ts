import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Evidence, merged, pairOf, worth } from '../../../shared/evidence/record.ts';
import { podDenial, refusedCall, webDenial, webSession } from '../../../shared/rules/examples/denied.ts';

const time = fc
  .integer({ min: Date.UTC(2026, 10, 1), max: Date.UTC(2026, 10, 3) })
  .map((at) => new Date(at - (at % 60_000)).toISOString());
const span = fc.tuple(time, time).map(([a, b]) => (a < b ? { first: a, last: b } : { first: b, last: a }));
const counted = fc.record({
  count: fc.integer({ min: 1, max: 1000 }),
  code: fc.constantFrom('AccessDenied', 'ExpiredTokenException'),
  eventId: fc.constantFrom('a', 'b', 'c'),
});
const web: fc.Arbitrary<Evidence> = fc
  .tuple(span, counted)
  .map(([at, of]) => ({ kind: 'web-denial', of: webDenial({ ...at, ...of }) }));
const pod: fc.Arbitrary<Evidence> = fc
  .tuple(span, counted)
  .map(([at, of]) => ({ kind: 'pod-denial', of: podDenial({ ...at, ...of }) }));
const session: fc.Arbitrary<Evidence> = fc
  .tuple(span, fc.constantFrom('eu-west-1', 'us-east-1'))
  .map(([at, region]) => ({ kind: 'session', of: webSession({ ...at, region }) }));
const call: fc.Arbitrary<Evidence> = fc
  .tuple(span, counted, fc.constantFrom('identity-based', 'session'))
  .map(([at, of, policy]) => ({ kind: 'call-denial', of: refusedCall({ ...at, ...of, policy }) }));

const three = fc.constantFrom(web, pod, session, call).chain((kind) => fc.tuple(kind, kind, kind));
const countOf = ({ of }: Evidence) => ('count' in of ? of.count : 0);

describe('observations of one pair', () => {
  it('are one, in whatever order and grouping they come', () => {
    fc.assert(
      fc.property(three, ([a, b, c]) => {
        expect(merged(a, b)).toEqual(merged(b, a));
        expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c)));
      }),
    );
  });

  it('keep their pair, the first and the last time, and every count', () => {
    fc.assert(
      fc.property(three, ([a, b]) => {
        const one = merged(a, b);
        expect(pairOf(one)).toBe(pairOf(a));
        expect(one.of.first).toBe([a.of.first, b.of.first].sort()[0]);
        expect(one.of.last).toBe([a.of.last, b.of.last].sort()[1]);
        expect(countOf(one)).toBe(countOf(a) + countOf(b));
      }),
    );
  });

  it('are written once: what is kept with them is not worth writing again', () => {
    fc.assert(
      fc.property(three, ([a, b]) => {
        const evidence = merged(a, b);
        const kept = { evidence, asked: evidence.of.last };
        for (const again of [a, b]) expect(worth(kept, again)).toEqual({ write: false, news: false });
      }),
    );
  });
});
