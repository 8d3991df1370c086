import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { sha256 } from '../shared/lambda/hash.ts';
import { applyRecord } from '../simulator/events/apply-record.ts';
import { eventsOf, scenarioSchema } from '../simulator/events/scenario.ts';
import { stageFor } from '../simulator/events/stage.ts';
import { simulationFrom } from '../simulator/load.ts';
import { createPipeline } from '../simulator/pipeline/pipeline.ts';

/**
 * Prints what a burst of a thousand events costs: executions, evaluations, calls of AWS, wall time. All events wait in the
 * queue when triage begins, which takes a hundred at a time.
 */
const envelopeSchema = z.looseObject({ detail: z.looseObject({ eventTime: z.string() }) });
const sample = (name: string): unknown => JSON.parse(readFileSync(`events/${name}.json`, 'utf8'));
const scenario = scenarioSchema.parse(
  JSON.parse(readFileSync('events/scenarios/terraform-burst.json', 'utf8')),
);
const terraform = eventsOf(scenario, sample, sha256);

/** A thousand trust edits of fifty roles in three accounts. */
function spread(): readonly object[] {
  return eventsOf(
    scenarioSchema.parse({
      title: 'fifty roles of three accounts',
      story: 's',
      start: '2026-11-20T09:00:00Z',
      ignored: 0,
      scopes: {},
      steps: Array.from({ length: 50 }, (_, role) => ({
        event: 'UpdateAssumeRolePolicy/success',
        at: role,
        repeat: 20,
        every: 1,
        set: {
          'detail.requestParameters.roleName': `role-${role}`,
          'detail.recipientAccountId': ['111122223333', '444455556666', '777788889999'][role % 3] ?? '',
        },
      })),
    }),
    sample,
    sha256,
  );
}

async function measure(title: string, events: readonly object[]): Promise<readonly (string | number)[]> {
  const simulation = simulationFrom(stageFor(events, '2026-11-20T08:00:00Z'));
  let calls = 0;
  const { strike } = simulation.faults;
  const counting = (target: Parameters<typeof strike>[0]) => {
    calls += 1;
    return strike(target);
  };
  const pipeline = createPipeline(simulation, { deaf: true });
  for (const event of events) {
    const { detail } = envelopeSchema.parse(event);
    const ahead = (Date.parse(detail.eventTime) - simulation.clock.now().getTime()) / 1000;
    if (ahead > 0) simulation.clock.advance(ahead);
    await applyRecord(simulation, detail);
    pipeline.putEvent(event);
  }
  Object.assign(simulation.faults, { strike: counting });
  const began = performance.now();
  const told = await pipeline.settle();
  const milliseconds = performance.now() - began;
  const lanes = new Set(pipeline.executions.map(({ turn }) => turn.name.replace(/-\d+$/, ''))).size;
  const begun = pipeline.metrics.get('EvaluationsBegun') ?? 0;
  pipeline.close();
  return [
    title,
    events.length,
    lanes,
    pipeline.executions.length,
    begun,
    told.length,
    calls,
    (calls / Math.max(1, begun)).toFixed(1),
    `${(milliseconds / 1000).toFixed(2)} s`,
  ];
}

const rows = [
  ['burst', 'events', 'lanes', 'executions', 'evaluations', 'told', 'AWS calls', 'per evaluation', 'wall'],
  await measure('Terraform, one account', terraform),
  await measure('50 roles, 3 accounts', spread()),
];
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length))) ?? [];
for (const row of rows)
  console.log(row.map((cell, column) => String(cell).padEnd(widths[column] ?? 0)).join('  '));
console.log(JSON.stringify(rows));
