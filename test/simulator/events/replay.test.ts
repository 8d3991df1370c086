import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configSchema, defaultConfig } from '../../../shared/config/config.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { irsaStatement, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import { replay } from '../../../simulator/events/replay.ts';
import { eventsOf, scenarioSchema } from '../../../simulator/events/scenario.ts';
import { samples } from '../../support/event-samples.ts';
import { refusedCallEvent } from '../../support/refused-call-event.ts';
import { trusting } from '../../support/rule-estates.ts';

const scenario = (name: string): readonly object[] =>
  eventsOf(
    scenarioSchema.parse(JSON.parse(readFileSync(`events/scenarios/${name}.json`, 'utf8'))),
    (sample) => samples.get(sample),
    sha256,
  );

async function played(events: readonly unknown[]) {
  const heard: string[] = [];
  const replayed = await replay(events, {
    config: defaultConfig,
    heard: ({ change, finding }) => heard.push(`${change} ${finding.rule}`),
  });
  const told = heard.filter((each) => !each.endsWith('use-kubernetes-access'));
  return { ...replayed, told: told.sort() };
}

describe('a story of events', () => {
  it('of a widened trust policy tells of the opening and of its end', async () => {
    const { told, open } = await played(scenario('trust-widened'));
    expect(told).toEqual(
      expect.arrayContaining([
        'new no-wildcard-subject',
        'new no-widened-trust',
        'resolved no-wildcard-subject',
        'resolved no-widened-trust',
      ]),
    );
    expect(open).toBe(1);
  });

  it('of a deleted provider tells what relies on it, or that nothing does', async () => {
    const { told, applied } = await played(scenario('provider-deleted'));
    expect(applied).toMatchObject({ refused: 0 });
    expect(told).toContain('new no-extra-audience');
  });

  it('of a thousand calls of Terraform takes an evaluation or two of each lane', async () => {
    const { events, evaluations } = await played(scenario('terraform-burst'));
    expect(events).toBe(1000);
    expect(evaluations).toBeLessThanOrEqual(4);
  });

  it('delivered twice and out of order tells what it tells once', async () => {
    const events = scenario('trust-widened');
    const once = await played(events);
    const twice = await played(events.flatMap((event) => [event, event]));
    expect(twice.told).toEqual(once.told);
  });
});

it('what is no event is counted, and stops nothing', async () => {
  const hostile = [null, 7, 'x', [], {}, { detail: 1 }, { detail: { eventSource: 'iam.amazonaws.com' } }];
  const { unreadable, events } = await played([...hostile, ...scenario('trust-widened')]);
  expect([unreadable, events]).toEqual([7, 10]);
});

it('against a snapshot the events change nothing: the snapshot answers', async () => {
  const everyone =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}';
  const { transitions, applied } = await replay(scenario('trust-widened'), {
    config: defaultConfig,
    heard: () => {},
    snapshot: {
      schemaVersion: 1,
      takenAt: '2026-11-20T10:00:00Z',
      accounts: [
        {
          id: '111122223333',
          partition: 'aws',
          roles: [{ arn: 'arn:aws:iam::111122223333:role/payments-api', trustPolicy: everyone }],
          policies: [],
          oidcProviders: [],
          trails: [],
          regions: [],
        },
      ],
      coverage: [],
    },
  });
  expect(applied).toBeNull();
  expect(transitions.map(({ finding }) => finding.rule)).toContain('no-public-trust');
});

describe('calls that a pod was refused', () => {
  const eventTime = '2026-11-22T01:00:00Z';
  const event = {
    ...refusedCallEvent({ role: ROLE_ARN, detail: { eventTime } }),
    time: eventTime,
  };
  const told = async (accessDenied: boolean) => {
    const heard: string[] = [];
    const config = configSchema.parse({ deployment: { sessions: { accessDenied } } });
    const snapshot = trusting([irsaStatement()]);
    await replay([event], {
      config,
      snapshot,
      heard: ({ change, finding }) => heard.push(`${change} ${finding.rule}`),
    });
    return heard.filter((each) => each.endsWith('no-missing-permission'));
  };

  it.each([
    ['are told where the configuration follows them', true, ['new no-missing-permission']],
    ['are not followed otherwise', false, []],
  ])('%s', async (_what, accessDenied, expected) => {
    expect(await told(accessDenied)).toEqual(expected);
  });
});
