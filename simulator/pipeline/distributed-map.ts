import pLimit from 'p-limit';
import * as z from 'zod';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import { createInterpreter, type Ended, LONGEST_SECONDS, type TaskHandlers } from './interpreter.ts';
import type { SimulatedMapRuns } from './map-runs.ts';

/** The text of an object of the bucket. */
type GetObject = (key: string) => Promise<string>;

/** More items failed than the map tolerates (Step Functions developer guide, "Setting failure thresholds"). */
class ExceededThresholdError extends Error {
  override readonly name = 'States.ExceedToleratedFailureThreshold';
}

const distributedSchema = z.strictObject({
  Type: z.literal('Map'),
  Label: z.string().max(40),
  ItemReader: z.strictObject({
    Resource: z.string().endsWith(':states:::s3:getObject'),
    ReaderConfig: z.strictObject({ InputType: z.literal('JSON') }),
    Parameters: z.strictObject({ Bucket: z.string(), 'Key.$': z.string() }),
  }),
  ItemSelector: z.record(z.string(), z.string()),
  MaxConcurrencyPath: z.string(),
  ToleratedFailurePercentagePath: z.string(),
  ItemProcessor: z.looseObject({
    ProcessorConfig: z.strictObject({ Mode: z.literal('DISTRIBUTED'), ExecutionType: z.literal('STANDARD') }),
  }),
  ResultPath: z.null(),
  Catch: z.array(z.unknown()).optional(),
  Next: z.string().optional(),
  End: z.literal(true).optional(),
});

type DistributedMap = z.infer<typeof distributedSchema>;

/** What a map run is told when its state is entered: the evaluated paths, and the selector's part that is the same for all items. */
const runSchema = z.strictObject({
  execution: z.string(),
  key: z.string(),
  concurrency: z.number().int().positive(),
  tolerated: z.number().min(0).max(100),
  common: z.record(z.string(), z.unknown()),
});

const ITEM = '$$.Map.Item.Value';

const machineSchema = z.looseObject({ States: z.record(z.string(), z.looseObject({ Type: z.string() })) });

interface MapPorts {
  readonly handlers: TaskHandlers;
  /** The text of an object of the bucket. */
  readonly getObject: GetObject;
  readonly mapRuns: SimulatedMapRuns;
  readonly elapse: () => void;
}

/**
 * Runs an ASL file whose maps are distributed, in branches too: each item of the list that lies in the bucket is an execution
 * of its own, of which so many may fail as the map tolerates, and so many are at work at once as was set last. Understands maps
 * in the form in which podtrust writes them, and throws ZodError for others.
 */
export function createDistributedInterpreter(
  definition: string,
  ports: MapPorts,
): ReturnType<typeof createInterpreter> {
  const runs: Record<string, LambdaHandler<unknown>> = {};
  const machine = withMapRuns(JSON.parse(definition), ports, runs);
  return createInterpreter(JSON.stringify(machine), { ...ports.handlers, ...runs }, ports.elapse);
}

/** The machine with a task in the place of each distributed map; the tasks' handlers are added to `runs`, by label. */
function withMapRuns(
  definition: unknown,
  ports: MapPorts,
  runs: Record<string, LambdaHandler<unknown>>,
): object {
  const { States, ...machine } = machineSchema.parse(definition);
  const states = Object.entries(States).map(([name, state]) => {
    if (state.Type === 'Parallel') {
      const branches = z.array(z.unknown()).parse(state['Branches']);
      return [name, { ...state, Branches: branches.map((branch) => withMapRuns(branch, ports, runs)) }];
    }
    if (state.Type !== 'Map') return [name, state];
    const map = distributedSchema.parse(state);
    const { ProcessorConfig: _, ...processor } = map.ItemProcessor;
    const child = createInterpreter(JSON.stringify(processor), ports.handlers, ports.elapse);
    runs[map.Label] = mapRun(map, child, ports);
    return [name, asTask(map)];
  });
  return { ...machine, States: Object.fromEntries(states) };
}

/** The map as a task whose handler does what a map run does. */
function asTask({ Label, ItemReader, ItemSelector, Catch, Next, End, ...paths }: DistributedMap): object {
  const common = Object.entries(ItemSelector).filter(([, path]) => !path.startsWith(ITEM));
  return {
    Type: 'Task',
    Resource: `\${${Label}}`,
    Parameters: {
      'execution.$': '$$.Execution.Id',
      'key.$': ItemReader.Parameters['Key.$'],
      'concurrency.$': paths.MaxConcurrencyPath,
      'tolerated.$': paths.ToleratedFailurePercentagePath,
      common: Object.fromEntries(common),
    },
    ResultPath: null,
    // A map has no time of its own; the interpreter gives a task a minute unless told.
    TimeoutSeconds: LONGEST_SECONDS,
    ...(Catch !== undefined && { Catch }),
    ...(Next !== undefined && { Next }),
    ...(End !== undefined && { End }),
  };
}

function mapRun(
  { Label, ItemSelector }: DistributedMap,
  child: (name: string, input: unknown) => Promise<Ended>,
  { getObject, mapRuns }: MapPorts,
): LambdaHandler<unknown> {
  return async (input) => {
    const { execution, key, concurrency, tolerated, common } = runSchema.parse(input);
    const items = z.array(z.unknown()).parse(JSON.parse(await getObject(key)));
    const limit = pLimit(concurrency);
    const run = mapRuns.begin(execution, Label, concurrency, (to) => {
      // 0 sets no limit (Amazon States Language, MaxConcurrency).
      limit.concurrency = to === 0 ? Number.POSITIVE_INFINITY : to;
    });
    const most = (tolerated / 100) * items.length;
    let failed = 0;
    await Promise.all(
      items.map((item, index) =>
        limit(async () => {
          if (failed > most) return;
          run.started();
          const { status } = await child(`${Label}-${index}`, { ...common, ...selected(ItemSelector, item) });
          if (status === 'failed') failed += 1;
          run.ended();
        }),
      ),
    );
    run.over();
    if (failed > most)
      throw new ExceededThresholdError(
        `${failed} of ${items.length} items failed; ${tolerated} % are tolerated.`,
      );
    return {};
  };
}

/** The selector's fields that come from the item. */
function selected(selector: DistributedMap['ItemSelector'], item: unknown): Record<string, unknown> {
  const own = Object.entries(selector).filter(([, path]) => path.startsWith(ITEM));
  return Object.fromEntries(
    own.map(([name, path]) => [name.replace(/\.\$$/, ''), valueAt(item, path.slice(ITEM.length))]),
  );
}

/** `.account` of an item; the item itself for an empty path. */
function valueAt(item: unknown, path: string): unknown {
  if (path === '') return item;
  return z.record(z.string(), z.unknown()).parse(item)[path.slice(1)];
}
