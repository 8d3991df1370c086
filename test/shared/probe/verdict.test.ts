import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBE_CHECKS, type ProbeCheck } from '../../../shared/probe/check.ts';
import { differences } from '../../../shared/probe/differences.ts';
import type { PodAnswer, StsAnswer } from '../../../shared/probe/ports.ts';
import { type Evidence, probeVerdict } from '../../../shared/probe/verdict.ts';

const ARN = 'arn:aws:sts::111122223333:assumed-role/checkout/podtrust-probe';
const assumed: StsAnswer = { kind: 'assumed', session: ARN, caller: ARN };
const refused: StsAnswer = { kind: 'refused', code: 'AccessDenied', message: '' };
const unanswered: StsAnswer = { kind: 'unanswered', why: 'no route' };
const pod = (outcome: PodAnswer['outcome']): PodAnswer => ({ outcome, injected: 'irsa', cleanup: null });
const check = (name: ProbeCheck['check'], status: ProbeCheck['status']): ProbeCheck => ({
  check: name,
  status,
  detail: '',
});
const sound = [check('token-signature', 'pass'), check('token-time', 'pass')];
const evidence = (changes: Partial<Evidence>): Evidence => ({
  checks: sound,
  foretold: null,
  sts: null,
  pod: null,
  aboutRole: true,
  ...changes,
});
const depends = { outcome: 'depends', detail: 'aws:SourceIp' } as const;
const with_ = (name: ProbeCheck['check'], status: ProbeCheck['status']) => [...sound, check(name, status)];

describe('the verdict', () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['STS accepts', { sts: assumed }, 'works'],
    [
      'STS accepts, and the keys could not be read here',
      { sts: assumed, checks: [check('issuer-keys', 'unknown'), check('token-signature', 'unknown')] },
      'works',
    ],
    [
      "STS accepts what this machine's clock calls expired",
      { sts: assumed, checks: with_('token-time', 'fail') },
      'works',
    ],
    [
      'STS accepts, and it is another role',
      { sts: assumed, checks: with_('expected-role', 'fail') },
      'broken',
    ],
    ["STS accepts somebody else's token", { sts: assumed, checks: with_('token-subject', 'fail') }, 'broken'],
    [
      'STS accepts what does not verify here',
      { sts: assumed, checks: [check('token-signature', 'fail')] },
      'undecided',
    ],
    [
      'STS accepts from here, and the policy asks from where',
      { sts: assumed, foretold: depends },
      'undecided',
    ],
    ['STS refuses', { sts: refused }, 'broken'],
    [
      'STS refuses from here, and the policy asks from where',
      { sts: refused, foretold: depends },
      'undecided',
    ],
    [
      'STS refuses an expired token, whatever the policy asks',
      { sts: refused, foretold: depends, checks: with_('token-time', 'fail') },
      'broken',
    ],
    ['STS does not answer', { sts: unanswered }, 'undecided'],
    [
      'STS does not answer, and the token is expired',
      { sts: unanswered, checks: with_('token-time', 'fail') },
      'broken',
    ],
    [
      'STS is not asked, and a refusal is foretold',
      { foretold: { outcome: 'refused', detail: '' } },
      'undecided',
    ],
    ['STS is not asked, and nothing is in question but the token', { aboutRole: false }, 'works'],
    ['the token alone, unverified', { aboutRole: false, checks: [check('token-time', 'pass')] }, 'undecided'],
    [
      'the token alone, with something open',
      { aboutRole: false, checks: with_('token-issuer', 'unknown') },
      'undecided',
    ],
    [
      'the token alone, of a foreign issuer',
      { aboutRole: false, checks: with_('token-issuer', 'fail') },
      'broken',
    ],
    ['no token at all', { checks: [check('token-request', 'unknown')] }, 'undecided'],
    ['no ServiceAccount', { checks: [check('service-account', 'fail')] }, 'undecided'],
    [
      'the pod is the role',
      { sts: unanswered, pod: pod({ kind: 'identity', arn: ARN }), checks: with_('expected-role', 'pass') },
      'works',
    ],
    [
      'the pod is the node',
      { sts: assumed, pod: pod({ kind: 'identity', arn: ARN }), checks: with_('expected-role', 'fail') },
      'broken',
    ],
    [
      'the pod is somebody, and nobody was expected',
      { pod: pod({ kind: 'identity', arn: ARN }), checks: with_('expected-role', 'not-evaluated') },
      'undecided',
    ],
    [
      'the pod gets nothing although STS accepts',
      { sts: assumed, pod: pod({ kind: 'refused', message: '' }) },
      'broken',
    ],
    [
      'the pod does not start although STS accepts',
      { sts: assumed, pod: pod({ kind: 'undecided', why: '' }) },
      'undecided',
    ],
    [
      'the pod has its role although STS refuses from here',
      { sts: refused, pod: pod({ kind: 'identity', arn: ARN }), checks: with_('expected-role', 'pass') },
      'works',
    ],
  ])('%s', (_name, changes, verdict) => {
    expect(probeVerdict(evidence(changes))).toBe(verdict);
  });
});

it('works is never said without STS, a pod, or a verified token, nor by what was foretold', () => {
  const statuses = fc.constantFrom<ProbeCheck['status']>('pass', 'fail', 'unknown', 'not-evaluated');
  const checks = fc.uniqueArray(
    fc.record({ check: fc.constantFrom(...PROBE_CHECKS), status: statuses, detail: fc.constant('') }),
    { selector: ({ check: name }) => name },
  );
  const outcomes = fc.constantFrom('accepted', 'refused', 'depends', 'unknown' as const);
  const any = fc.record({
    checks,
    foretold: fc.option(fc.record({ outcome: outcomes, detail: fc.constant('') })),
    sts: fc.constantFrom(null, assumed, refused, unanswered),
    pod: fc.constantFrom(
      null,
      pod({ kind: 'identity', arn: ARN }),
      pod({ kind: 'refused', message: '' }),
      pod({ kind: 'undecided', why: '' }),
    ),
    aboutRole: fc.boolean(),
  });
  fc.assert(
    fc.property(any, (given) => {
      const verdict = probeVerdict(given);
      const verified = given.checks.some((one) => one.check === 'token-signature' && one.status === 'pass');
      const proof =
        given.sts?.kind === 'assumed' ||
        given.pod?.outcome.kind === 'identity' ||
        (verified && !given.aboutRole);
      if (verdict === 'works') expect(proof).toBe(true);
      if (verdict === 'broken')
        expect(
          given.sts?.kind === 'refused' ||
            given.pod?.outcome.kind === 'refused' ||
            given.checks.some(({ status }) => status === 'fail'),
        ).toBe(true);
    }),
  );
});

describe('differences', () => {
  it.each<[string, Partial<Evidence>, RegExp | null]>([
    [
      'refused although accepted was foretold',
      { sts: refused, foretold: { outcome: 'accepted', detail: 'Admits.' } },
      /Admits\. STS refused all the same \(AccessDenied\)\. A resource control policy/,
    ],
    [
      'accepted although refused was foretold',
      { sts: assumed, foretold: { outcome: 'refused', detail: 'No.' } },
      /STS accepted what should be refused: No\./,
    ],
    [
      'a signature that only STS verifies',
      { sts: assumed, checks: [check('token-signature', 'fail')] },
      /those used here did not/,
    ],
    [
      'a forged token that STS refuses is none',
      {
        sts: refused,
        foretold: { outcome: 'accepted', detail: '' },
        checks: [check('token-signature', 'fail')],
      },
      null,
    ],
    [
      'an expired token that STS refuses is none',
      {
        sts: refused,
        foretold: { outcome: 'accepted', detail: '' },
        checks: with_('token-time', 'fail'),
      },
      null,
    ],
    ['agreement is none', { sts: assumed, foretold: { outcome: 'accepted', detail: '' } }, null],
    ['what depends is none', { sts: refused, foretold: depends }, null],
    ['the pod gets nothing', { sts: assumed, pod: pod({ kind: 'refused', message: '' }) }, /put into pods/],
    [
      'the pod has what was refused here',
      { sts: refused, pod: pod({ kind: 'identity', arn: ARN }) },
      /from here/,
    ],
  ])('%s', (_name, changes, words) => {
    const found = differences(evidence(changes));
    expect(found).toEqual(words === null ? [] : [expect.stringMatching(words)]);
  });
});
