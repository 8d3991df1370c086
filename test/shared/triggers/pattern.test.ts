import { describe, expect, it } from 'vitest';
import personAssumes from '../../../events/AssumeRole/person.json' with { type: 'json' };
import podAssumes from '../../../events/AssumeRole/pod-identity.json' with { type: 'json' };
import podIdentityFailure from '../../../events/AssumeRoleForPodIdentity/failure.json' with { type: 'json' };
import podIdentitySuccess from '../../../events/AssumeRoleForPodIdentity/success.json' with { type: 'json' };
import webFailure from '../../../events/AssumeRoleWithWebIdentity/failure.json' with { type: 'json' };
import webAbridged from '../../../events/AssumeRoleWithWebIdentity/failure-abridged.json' with {
  type: 'json',
};
import webInvalid from '../../../events/AssumeRoleWithWebIdentity/failure-invalid-token.json' with {
  type: 'json',
};
import github from '../../../events/AssumeRoleWithWebIdentity/github-actions.json' with { type: 'json' };
import webSuccess from '../../../events/AssumeRoleWithWebIdentity/success.json' with { type: 'json' };
import failure from '../../../events/UpdateAssumeRolePolicy/failure.json' with { type: 'json' };
import success from '../../../events/UpdateAssumeRolePolicy/success.json' with { type: 'json' };
import { eventReaders } from '../../../shared/triggers/events/index.ts';
import { changePatterns, PatternTooLongError, sessionPatterns } from '../../../shared/triggers/pattern.ts';
import { matchesPattern } from '../../../simulator/pipeline/event-pattern.ts';
import { POD_SESSION, refusedCallEvent } from '../../support/refused-call-event.ts';

const takes = (event: object, extraSources: readonly string[] = []): boolean =>
  changePatterns(extraSources).some((pattern) => matchesPattern(pattern, event));

describe('the patterns of changes', () => {
  it.each<[string, object, boolean]>([
    ['takes a change that succeeded', success, true],
    ['leaves out a change that failed', failure, false],
    [
      'leaves out an operation that is not followed',
      { ...success, detail: { ...success.detail, eventName: 'GetRole' } },
      false,
    ],
    ['leaves out a forged source', { ...success, source: 'somebody' }, false],
    [
      'leaves out other kinds of event',
      { ...success, 'detail-type': 'AWS Service Event via CloudTrail' },
      false,
    ],
  ])('%s', (_name, event, expected) => {
    expect(takes(event)).toBe(expected);
  });

  it('takes re-published events from the configured sources alone', () => {
    const event = { ...success, source: 'acme.cloudtrail' };
    expect(takes(event, ['acme.cloudtrail'])).toBe(true);
    expect(takes(event, ['other.cloudtrail'])).toBe(false);
  });
});

describe('the size of a pattern', () => {
  const sources = (count: number, length: number) =>
    Array.from({ length: count }, (_, n) => `${n}.${'s'.repeat(length)}`);
  const NAMES = new Set(eventReaders.filter(({ records }) => records === 'change').map(({ name }) => name));

  it.each([
    ['without extra sources', []],
    ['with as many as a hub takes', sources(10, 96)],
    ['with so many that the names have to be split', sources(10, 170)],
  ])('stays within what EventBridge takes, and no event is lost, %s', (_name, extra) => {
    const patterns = changePatterns(extra);
    for (const pattern of patterns) expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
    const names = patterns.flatMap(({ detail }) => detail['eventName'] ?? []);
    expect(names).toHaveLength(NAMES.size);
    expect(new Set(names)).toEqual(NAMES);
  });

  it('is refused when the sources alone are too long', () => {
    expect(() => changePatterns(sources(20, 120))).toThrow(PatternTooLongError);
  });
});

describe('the patterns of sessions', () => {
  const refusedGithub = { ...github, detail: { ...github.detail, errorCode: 'AccessDenied' } };
  const foreignMessage = {
    ...webInvalid,
    detail: {
      ...webInvalid.detail,
      errorMessage: 'No OpenIDConnect provider found for https://gitlab.example',
    },
  };
  const matching = (event: object, successes: boolean): number =>
    sessionPatterns([], { successes }).filter((pattern) => matchesPattern(pattern, event)).length;

  it.each<[string, object, number, number]>([
    ['a ServiceAccount that is refused', webFailure, 1, 1],
    ['a refusal of which the provider was left out', webAbridged, 1, 1],
    ['a refusal that names nobody but an issuer of EKS', webInvalid, 1, 1],
    ['a refusal that names nobody and no issuer of EKS', foreignMessage, 0, 0],
    ['a refused pod with an association', podIdentityFailure, 1, 1],
    ['GitHub, let in', github, 0, 0],
    ['GitHub, refused', refusedGithub, 0, 0],
    ['a person who assumes a role', personAssumes, 0, 0],
    ['a ServiceAccount that is let in', webSuccess, 0, 1],
    ['a role assumed for an association', podAssumes, 0, 1],
    ['the question of the agent, answered', podIdentitySuccess, 0, 0],
    ['a change', success, 0, 0],
    ['a forged source', { ...webFailure, source: 'somebody' }, 0, 0],
  ])('%s', (_name, event, refusals, all) => {
    expect(matching(event, false)).toBe(refusals);
    expect(matching(event, true)).toBe(all);
  });

  it.each<[string, object, number]>([
    ['a call that a pod with a web identity was refused', refusedCallEvent(), 1],
    [
      'a call that a pod with an association was refused',
      refusedCallEvent({ provider: null, session: POD_SESSION }),
      1,
    ],
    ['one that names its session as EKS does', refusedCallEvent({ session: POD_SESSION }), 1],
    ['one of any service', { ...refusedCallEvent(), source: 'aws.kms' }, 1],
    ['one that was answered', refusedCallEvent({ detail: { errorCode: undefined } }), 0],
    ['one that was throttled', refusedCallEvent({ detail: { errorCode: 'ThrottlingException' } }), 0],
    ['a data event', refusedCallEvent({ detail: { managementEvent: false } }), 0],
    ['a person', refusedCallEvent({ provider: null, session: 'alice' }), 0],
    [
      'GitHub',
      refusedCallEvent({
        provider: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
      }),
      0,
    ],
    ['a forged source', { ...refusedCallEvent(), source: 'somebody' }, 0],
  ])('of refused calls: %s', (_name, event, expected) => {
    const among = (accessDenied: boolean) =>
      sessionPatterns([], { accessDenied }).filter((pattern) => matchesPattern(pattern, event)).length;
    expect(among(true)).toBe(expected);
    expect(among(false)).toBe(0);
  });

  it('take re-published events from the configured sources alone', () => {
    const event = { ...webFailure, source: 'acme.cloudtrail' };
    const takesFrom = (source: string) =>
      sessionPatterns([source]).some((pattern) => matchesPattern(pattern, event));
    expect(takesFrom('acme.cloudtrail')).toBe(true);
    expect(takesFrom('other.cloudtrail')).toBe(false);
  });

  it('stay within what EventBridge takes, or are refused', () => {
    const sources = (count: number) => Array.from({ length: count }, (_, n) => `${n}.${'s'.repeat(96)}`);
    for (const pattern of sessionPatterns(sources(10), { successes: true, accessDenied: true }))
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
    expect(() => sessionPatterns(sources(20))).toThrow(PatternTooLongError);
  });
});
