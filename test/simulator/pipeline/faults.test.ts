import { beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../../simulator/faults.ts';
import { type Outcome, openedDuring, type Trouble } from '../../support/pipeline-faults.ts';

let sound: Outcome;
beforeAll(async () => {
  sound = await openedDuring(null);
});

/** What a change calls; the first test compares it with what it called. */
const ACTIONS = [
  'account:ListRegions',
  'cloudtrail:DescribeTrails',
  'eks:DescribeCluster',
  'eks:ListAddons',
  'eks:ListCapabilities',
  'eks:ListClusters',
  'eks:ListFargateProfiles',
  'eks:ListIdentityProviderConfigs',
  'eks:ListNodegroups',
  'eks:ListPodIdentityAssociations',
  'iam:GetAccountAuthorizationDetails',
  'iam:GetAccountSummary',
  'iam:GetOpenIDConnectProvider',
  'iam:ListOpenIDConnectProviders',
  'sts:GetCallerIdentity',
];
const FUNCTIONS = ['begin', 'collect', 'evaluate', 'notify', 'resolve-scope', 'settle', 'triage'];

it('the matrix names every call that a change makes', () => {
  expect(sound.calls).toEqual({ actions: ACTIONS, functions: FUNCTIONS });
  expect(sound.open.some((each) => each.startsWith('no-public-trust '))).toBe(true);
});

const FAULTS: readonly [string, Fault][] = [
  ['is denied', { kind: 'denied' }],
  ['times out', { kind: 'timeout' }],
  ['gives partial pages', { kind: 'partial-page' }],
];

/** More often than the state machine tries; a queue hands out a message five times. */
const ALWAYS = (name: string): number => (name === 'triage' ? 4 : 100);

describe('a change that is judged while', () => {
  it.each(
    ACTIONS.flatMap((action) =>
      FAULTS.map(([how, fault]): [string, string, Trouble] => [action, how, { action, fault }]),
    ),
  )('%s %s is told in the end, once, and nothing is resolved meanwhile', async (_action, _how, trouble) => {
    expect((await openedDuring(trouble)).open).toEqual(sound.open);
  });

  it.each(
    FUNCTIONS.flatMap((name) =>
      (['before', 'after'] as const).flatMap((dies) =>
        [1, ALWAYS(name)].map((times): [string, string, string, Trouble] => [
          name,
          times === 1 ? 'once' : 'always',
          dies === 'before' ? 'before it does anything' : 'after it did everything',
          { name, dies, times },
        ]),
      ),
    ),
  )('%s dies %s, %s, is told in the end, and under one id', async (_name, _often, _when, trouble) => {
    expect((await openedDuring(trouble)).open).toEqual(sound.open);
  });
});
