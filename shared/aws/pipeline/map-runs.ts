import {
  DescribeMapRunCommand,
  type MapRunListItem,
  paginateListMapRuns,
  type SFNClient,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import type { Permission } from '../../lambda/permissions.ts';
import type { MapRun, MapRuns } from '../../pipeline/scan/pace-scan.ts';

/** What stepFunctionsMapRuns needs (service authorization reference, "AWS Step Functions": resource types). */
export const mapRunPermissions: readonly Permission[] = [
  { actions: ['states:ListMapRuns'], on: 'scan-executions' },
  { actions: ['states:DescribeMapRun', 'states:UpdateMapRun'], on: 'scan-map-runs' },
];

/** Map runs of Step Functions. */
export function stepFunctionsMapRuns(client: SFNClient): MapRuns {
  return {
    find: async (executionArn, label) => {
      const runs: MapRunListItem[] = [];
      for await (const { mapRuns = [] } of paginateListMapRuns({ client }, { executionArn }))
        runs.push(...mapRuns.filter(({ mapRunArn }) => labelOf(mapRunArn) === label));
      const [latest] = runs.sort((a, b) => startOf(b) - startOf(a));
      return latest?.mapRunArn === undefined ? null : described(client, latest.mapRunArn);
    },
    setConcurrency: async (mapRunArn, maxConcurrency) => {
      await client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency }));
    },
  };
}

/** `arn:aws:states:eu-west-1:111122223333:mapRun:MACHINE/LABEL:ID` (service authorization reference, maprun). */
const labelOf = (arn: string | undefined): string | undefined =>
  /:mapRun:[^/:]+\/([^:]+):/.exec(arn ?? '')?.[1];

const startOf = ({ startDate }: MapRunListItem): number => startDate?.getTime() ?? 0;

/** An answer that leaves out what is counted counts for none: a guess would set a pace by it. */
class IncompleteMapRunError extends Error {
  override readonly name = 'IncompleteMapRunError';
}

async function described(client: SFNClient, mapRunArn: string): Promise<MapRun> {
  const { status, startDate, maxConcurrency, itemCounts } = await client.send(
    new DescribeMapRunCommand({ mapRunArn }),
  );
  const { running, succeeded, failed, timedOut, aborted } = itemCounts ?? {};
  const counts = [running, succeeded, failed, timedOut, aborted, maxConcurrency];
  if (status === undefined || startDate === undefined || !counts.every(Number.isInteger))
    throw new IncompleteMapRunError(`Step Functions does not say how far ${mapRunArn} is.`);
  const [atWork = 0, ...ends] = counts.slice(0, 5).map((each) => each ?? 0);
  return {
    arn: mapRunArn,
    startedAt: startDate,
    active: status === 'RUNNING',
    concurrency: maxConcurrency ?? 0,
    running: atWork,
    ended: ends.reduce((all, one) => all + one, 0),
  };
}
