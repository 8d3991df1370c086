import * as z from 'zod';

/** The most events that one scenario may grow to. */
const MOST_EVENTS = 10_000;

const stepSchema = z.strictObject({
  note: z.string().optional().describe('What happens, for readers'),
  event: z
    .string()
    .regex(/^[A-Z]\w+\/[\w-]+$/)
    .describe('The sample that it is made from: folder and file under events/, CreateCluster/success'),
  at: z.number().int().min(0).describe('Seconds after the start at which the call was made'),
  id: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional()
    .describe('Name of the event: a step with the name of an earlier one is another delivery of it'),
  set: z
    .record(z.string().regex(/^[\w.]+$/), z.json())
    .optional()
    .describe(
      'Values to put into the event by their path, detail.requestParameters.roleName; null is a value. {n} in a text counts repetitions from 1',
    ),
  unset: z.array(z.string()).optional().describe('Paths to take out of the event'),
  repeat: z.number().int().min(1).max(MOST_EVENTS).optional().describe('How many events the step stands for'),
  every: z.number().min(0).optional().describe('Seconds from one repetition to the next; 0 unless given'),
});

export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  title: z.string(),
  story: z.string().describe('What it shows, in a few sentences'),
  start: z.iso.datetime().describe('When it begins, UTC'),
  steps: z
    .array(stepSchema)
    .min(1)
    .describe('In the order of their delivery, which need not be that of `at`'),
  ignored: z.number().int().min(0).describe('How many of its deliveries ask for nothing'),
  scopes: z
    .record(z.string(), z.number().int().positive())
    .describe(
      'What is to be judged again, by the key of its scope, and how many different events ask for it',
    ),
});

export type Scenario = z.infer<typeof scenarioSchema>;
type Step = Scenario['steps'][number];
type Json = z.infer<ReturnType<typeof z.json>>;

/** A scenario uses something that is not there. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/**
 * The EventBridge envelopes of a scenario in the order of their delivery. `sampleOf` gives a sample by its name, or
 * undefined. Ids are made of the scenario's title and the step, so they are the same every time. Throws ScenarioError.
 */
export function eventsOf(
  scenario: Scenario,
  sampleOf: (name: string) => unknown,
  hash: (text: string) => string,
): readonly object[] {
  const total = scenario.steps.reduce((sum, { repeat = 1 }) => sum + repeat, 0);
  if (total > MOST_EVENTS)
    throw new ScenarioError(`${scenario.title}: ${total} events are more than ${MOST_EVENTS}.`);
  return scenario.steps.flatMap((step, at) => eventsOfStep(scenario, step, at, sampleOf, hash));
}

function eventsOfStep(
  { title, start }: Scenario,
  step: Step,
  position: number,
  sampleOf: (name: string) => unknown,
  hash: (text: string) => string,
): object[] {
  const sample = sampleOf(step.event);
  if (!isObject(sample) || !isObject(sample['detail']))
    throw new ScenarioError(`${title}, step ${position + 1}: there is no sample ${step.event}.`);
  const { repeat = 1, every = 0, set = {}, unset = [] } = step;
  return Array.from({ length: repeat }, (_, index) => {
    const event: Json & object = structuredClone(sample);
    const time = Date.parse(start) + 1000 * Math.floor(step.at + index * every);
    const called = `${new Date(time).toISOString().slice(0, 19)}Z`;
    put(event, 'detail.eventTime', called);
    put(event, 'time', called);
    put(event, 'detail.eventID', uuid(hash(`${title} ${step.id ?? position} ${index}`)));
    // EventBridge gives every delivery an envelope of its own.
    put(event, 'id', uuid(hash(`${title} delivery ${position} ${index}`)));
    for (const [path, value] of Object.entries(set)) put(event, path, counted(value, index + 1));
    for (const path of unset) remove(event, path);
    return event;
  });
}

/** A hexadecimal hash in the form of a version 4 UUID. */
function uuid(hex: string): string {
  const text = `${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}

function counted(value: Json, n: number): Json {
  return typeof value === 'string' ? value.replaceAll('{n}', String(n)) : value;
}

function put(event: Json & object, path: string, value: Json): void {
  const [holder, key] = holderOf(event, path);
  holder[key] = value;
}

function remove(event: Json & object, path: string): void {
  const [holder, key] = holderOf(event, path);
  delete holder[key];
}

/** The object that holds the last part of a path; parts in between are made where they are missing. */
function holderOf(event: Json & object, path: string): [Record<string, Json>, string] {
  const parts = path.split('.');
  const key = parts.pop() ?? '';
  let holder: Json = event;
  for (const part of [...parts, key])
    if (part === '__proto__') throw new ScenarioError(`${path} is no path of an event.`);
  for (const part of parts) {
    if (!isObject(holder)) throw new ScenarioError(`${path} is no path of an event.`);
    const next: Json = holder[part] ?? {};
    holder[part] = next;
    holder = next;
  }
  if (!isObject(holder)) throw new ScenarioError(`${path} is no path of an event.`);
  return [holder, key];
}

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
