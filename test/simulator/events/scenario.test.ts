import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { scopeKey } from '../../../shared/pipeline/scope.ts';
import { triage } from '../../../shared/pipeline/triage.ts';
import { readTrigger } from '../../../shared/triggers/read-trigger.ts';
import {
  eventsOf,
  type Scenario,
  ScenarioError,
  scenarioSchema,
} from '../../../simulator/events/scenario.ts';
import { samples } from '../../support/event-samples.ts';
import { silent } from '../../support/pipeline.ts';

const files = readdirSync('events/scenarios').filter((file) => file.endsWith('.json'));
const scenarioOf = (file: string): Scenario =>
  scenarioSchema.parse(JSON.parse(readFileSync(`events/scenarios/${file}`, 'utf8')));
const envelopes = (scenario: Scenario) => eventsOf(scenario, (name) => samples.get(name), sha256);

/** The different events that asked for each scope, and the deliveries that asked for nothing. */
async function play(events: readonly object[]) {
  const asked = new Map<string, number>();
  const counts = new Map<string, number>();
  const { failed } = await triage({
    hash: sha256,
    now: () => new Date(),
    telemetry: {
      ...silent,
      count: (metric, value = 1) => void counts.set(metric, (counts.get(metric) ?? 0) + value),
    },
    register: {
      request: async (_lane, requests) => {
        for (const { scope, events } of requests) asked.set(scopeKey(scope), events);
        return null;
      },
    },
    evaluations: { start: async () => 'started' },
  })(events.map((event, n) => ({ messageId: `${n}`, body: JSON.stringify(event) })));
  return {
    failed,
    ignored: counts.get('EventsIgnored') ?? 0,
    scopes: Object.fromEntries(asked),
  };
}

describe.each(files)('scenario %s', (file) => {
  const scenario = scenarioOf(file);

  it('asks for what it says, in whatever order it is delivered', async () => {
    const expected = { failed: [], ignored: scenario.ignored, scopes: scenario.scopes };
    const events = envelopes(scenario);
    expect(await play(events)).toEqual(expected);
    expect(await play([...events].reverse())).toEqual(expected);
  });

  it('is the same every time', () => {
    expect(JSON.stringify(envelopes(scenario))).toBe(JSON.stringify(envelopes(scenario)));
  });
});

it('the burst has a thousand different events', () => {
  const ids = envelopes(scenarioOf('terraform-burst.json')).map((event) => {
    const reading = readTrigger(event);
    return reading.outcome === 'trigger' ? reading.trigger.event.id : '';
  });
  expect(new Set(ids).size).toBe(1000);
});

it('the fix of podtrust is known by its role', () => {
  const readings = envelopes(scenarioOf('own-fix-comes-back.json')).map(readTrigger);
  const actors = readings.map((reading) => (reading.outcome === 'trigger' ? reading.trigger.actor.arn : ''));
  expect(actors).toEqual([
    'arn:aws:iam::111122223333:role/people/PlatformEngineer',
    'arn:aws:iam::111122223333:role/podtrust-write',
  ]);
});

describe('a scenario', () => {
  const scenario: Scenario = {
    title: 't',
    story: 's',
    start: '2026-11-20T09:00:00Z',
    steps: [{ event: 'TagRole/success', at: 30 }],
    ignored: 0,
    scopes: {},
  };
  const of = (step: Partial<Scenario['steps'][number]>) =>
    envelopes({ ...scenario, steps: [{ event: 'TagRole/success', at: 30, ...step }] });

  it('places its events in time, counts repetitions and changes what it says', () => {
    const events = of({
      repeat: 3,
      every: 2,
      set: { 'detail.requestParameters.roleName': 'r{n}', 'detail.responseElements.a.b': null },
      unset: ['detail.userAgent'],
    });
    expect(events).toMatchObject([
      { detail: { eventTime: '2026-11-20T09:00:30Z', requestParameters: { roleName: 'r1' } } },
      { detail: { eventTime: '2026-11-20T09:00:32Z', requestParameters: { roleName: 'r2' } } },
      { detail: { eventTime: '2026-11-20T09:00:34Z', requestParameters: { roleName: 'r3' } } },
    ]);
    expect(events[0]).toHaveProperty('detail.responseElements.a.b', null);
    expect(events[0]).not.toHaveProperty('detail.userAgent');
  });

  it.each<[string, Partial<Scenario['steps'][number]>]>([
    ['a sample that is not there', { event: 'TagRole/nothing' }],
    ['more events than it may have', { repeat: 10_001 }],
    ['a path through a text', { set: { 'detail.eventName.x': 1 } }],
    ['a path to a prototype', { set: { 'detail.__proto__.x': 1 } }],
  ])('is refused with %s', (_name, step) => {
    expect(() => of(step)).toThrow(ScenarioError);
  });
});

it('docs/schemas/scenario.schema.json is what the code takes', async () => {
  const json = { title: 'A story of CloudTrail events', ...z.toJSONSchema(scenarioSchema) };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/scenario.schema.json',
  );
});
