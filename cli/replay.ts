import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { sha256 } from '../shared/lambda/hash.ts';
import { readTrigger } from '../shared/triggers/read-trigger.ts';
import { eventsOf, ScenarioError, scenarioSchema } from '../simulator/events/scenario.ts';
import { UsageError } from './errors.ts';
import { readText } from './files.ts';
import type { Io } from './io.ts';

const MOST_EVENTS = 10_000;

/** The events of files and folders, in order: envelopes, lists of them, JSON Lines, CloudTrail logs, scenarios. */
export async function readEvents(paths: readonly string[], io: Io): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  for (const path of paths) {
    for (const file of await filesOf(path, io)) {
      for (const event of await eventsIn(file, io)) events.push(event);
      if (events.length > MOST_EVENTS)
        throw new UsageError(`"${file}" makes it more than ${MOST_EVENTS} events: replay them in parts.`);
    }
  }
  if (events.length === 0) throw new UsageError(`there is no event in ${paths.join(', ')}.`);
  const readings = events.map(readTrigger);
  const [first] = readings;
  if (first?.outcome === 'unreadable' && readings.every(({ outcome }) => outcome === 'unreadable'))
    throw new UsageError(
      `nothing in ${paths.join(', ')} is an event of CloudTrail: ${first.reason}. Give EventBridge envelopes or CloudTrail log files.`,
    );
  return events;
}

async function filesOf(path: string, io: Io): Promise<readonly string[]> {
  if (path === '-') return [path];
  const found = await stat(resolve(io.cwd, path)).catch(() => undefined);
  if (found?.isDirectory() !== true) return [path];
  const names = await readdir(resolve(io.cwd, path), { recursive: true });
  return names
    .filter((name) => /\.jsonl?(?:\.gz)?$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

const logSchema = z.object({ Records: z.array(z.looseObject({ eventSource: z.string() })) });

async function eventsIn(file: string, io: Io): Promise<readonly unknown[]> {
  const text = await readText(file, 'events', io);
  const parsed = json(text);
  if (parsed === undefined) return linesOf(text, file);
  if (Array.isArray(parsed)) return parsed;
  const log = logSchema.safeParse(parsed);
  if (log.success) return log.data.Records.map(envelope);
  const scenario = scenarioSchema.safeParse(parsed);
  if (!scenario.success) return [parsed];
  const samples = await samplesFor(file, scenario.data.steps, io);
  try {
    return eventsOf(scenario.data, (name) => samples.get(name), sha256);
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(`events "${file}": ${error.message}`);
    throw error;
  }
}

/** A scenario's samples lie beside its folder: `events/scenarios/x.json` names `events/CreateRole/success.json`. */
async function samplesFor(file: string, steps: readonly { event: string }[], io: Io) {
  const samples = new Map<string, unknown>();
  for (const { event } of steps) {
    if (samples.has(event)) continue;
    const path = join(dirname(file), '..', `${event}.json`);
    samples.set(event, json(await readText(path, 'sample event', io)));
  }
  return samples;
}

function linesOf(text: string, file: string): readonly unknown[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .flatMap((line, at) => {
      if (line === '') return [];
      const event = json(line);
      if (event === undefined)
        throw new UsageError(
          `events "${file}": line ${at + 1} is no JSON. Give one event, a list, one event a line, or a CloudTrail log.`,
        );
      return [event];
    });
}

/** A CloudTrail record as EventBridge would deliver it: its source is the service's. */
function envelope(detail: { readonly eventSource: string }): object {
  return {
    version: '0',
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${detail.eventSource.replace(/\..*$/, '')}`,
    detail,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
