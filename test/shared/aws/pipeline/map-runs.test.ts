import {
  ExecutionDoesNotExist,
  ResourceNotFound,
  SFNClient,
  SFNServiceException,
  ValidationException,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { stepFunctionsMapRuns } from '../../../../shared/aws/pipeline/map-runs.ts';

const EXECUTION = 'arn:aws:states:us-east-1:111122223333:execution:podtrust-org-scan:one';
const $metadata = {};
const arnOf = (label: string, id = '1', partition = 'aws') =>
  `arn:${partition}:states:us-east-1:111122223333:mapRun:podtrust-org-scan/${label}:${id}`;
const listed = (mapRunArn: string, startDate = new Date('2026-11-20T03:00:00Z')) => ({
  executionArn: EXECUTION,
  mapRunArn,
  stateMachineArn: 'arn',
  startDate,
});
const DESCRIBED = {
  status: 'RUNNING',
  startDate: new Date('2026-11-20T03:00:00Z'),
  maxConcurrency: 4,
  itemCounts: {
    pending: 70,
    running: 4,
    succeeded: 20,
    failed: 3,
    timedOut: 2,
    aborted: 1,
    total: 100,
    resultsWritten: 0,
  },
};

type Answers = Readonly<Record<string, object | Error | ((input: { nextToken?: string }) => object)>>;

/** Step Functions that answers each command as told; `asked` is what it was asked. */
function answering(answers: Answers) {
  const asked: object[] = [];
  const client = new SFNClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(
    (_next, { commandName = '' }) =>
      async ({ input }) => {
        asked.push({ [commandName]: input });
        const answer = answers[commandName] ?? {};
        if (answer instanceof Error) throw answer;
        const output = typeof answer === 'function' ? answer(input as object) : answer;
        return { output: { $metadata, ...output }, response: {} } as never;
      },
    { step: 'initialize', priority: 'low' },
  );
  return { asked, mapRuns: stepFunctionsMapRuns(client) };
}

const find = (answers: Answers) => answering(answers).mapRuns.find(EXECUTION, 'CollectAccounts');

describe('the map run of an execution', () => {
  it('is found by its label, and told with what is at work and what ended, however it did', async () => {
    const { asked, mapRuns } = answering({
      ListMapRunsCommand: { mapRuns: [listed(arnOf('JudgeAccounts')), listed(arnOf('CollectAccounts'))] },
      DescribeMapRunCommand: DESCRIBED,
    });
    expect(await mapRuns.find(EXECUTION, 'CollectAccounts')).toEqual({
      arn: arnOf('CollectAccounts'),
      startedAt: DESCRIBED.startDate,
      active: true,
      concurrency: 4,
      running: 4,
      ended: 26,
    });
    expect(asked).toEqual([
      { ListMapRunsCommand: expect.objectContaining({ executionArn: EXECUTION }) },
      { DescribeMapRunCommand: { mapRunArn: arnOf('CollectAccounts') } },
    ]);
  });

  it('is looked for on all pages', async () => {
    const run = await find({
      ListMapRunsCommand: ({ nextToken }) =>
        nextToken === undefined
          ? { mapRuns: [listed(arnOf('JudgeAccounts'))], nextToken: 'more' }
          : { mapRuns: [listed(arnOf('CollectAccounts'))] },
      DescribeMapRunCommand: DESCRIBED,
    });
    expect(run?.arn).toBe(arnOf('CollectAccounts'));
  });

  it('is the one that began last, when there are two', async () => {
    const run = await find({
      ListMapRunsCommand: {
        mapRuns: [
          listed(arnOf('CollectAccounts', 'first'), new Date('2026-11-20T02:00:00Z')),
          listed(arnOf('CollectAccounts', 'last'), new Date('2026-11-20T03:00:00Z')),
          listed(arnOf('CollectAccounts', 'second'), new Date('2026-11-20T02:30:00Z')),
        ],
      },
      DescribeMapRunCommand: DESCRIBED,
    });
    expect(run?.arn).toBe(arnOf('CollectAccounts', 'last'));
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('is found in the partition %s', async (partition) => {
    const run = await find({
      ListMapRunsCommand: { mapRuns: [listed(arnOf('CollectAccounts', '1', partition))] },
      DescribeMapRunCommand: DESCRIBED,
    });
    expect(run?.arn).toContain(`arn:${partition}:`);
  });

  it.each([
    ['nothing was begun', []],
    ['another map was', [listed(arnOf('JudgeAccounts'))]],
    ['one has a label that only begins like it', [listed(arnOf('CollectAccountsAgain'))]],
  ])('is none when %s', async (_name, mapRuns) => {
    expect(await find({ ListMapRunsCommand: { mapRuns }, DescribeMapRunCommand: DESCRIBED })).toBeNull();
  });

  it.each(['SUCCEEDED', 'FAILED', 'ABORTED'])('is over when it has %s', async (status) => {
    const run = await find({
      ListMapRunsCommand: { mapRuns: [listed(arnOf('CollectAccounts'))] },
      DescribeMapRunCommand: { ...DESCRIBED, status },
    });
    expect(run?.active).toBe(false);
  });

  it.each<[string, object]>([
    ['what is counted', { ...DESCRIBED, itemCounts: undefined }],
    ['one of the counts', { ...DESCRIBED, itemCounts: { ...DESCRIBED.itemCounts, aborted: undefined } }],
    ['its status', { ...DESCRIBED, status: undefined }],
    ['how many may be at work', { ...DESCRIBED, maxConcurrency: undefined }],
  ])('is not guessed when the answer leaves out %s', async (_name, described) => {
    const answers = {
      ListMapRunsCommand: { mapRuns: [listed(arnOf('CollectAccounts'))] },
      DescribeMapRunCommand: described,
    };
    await expect(find(answers)).rejects.toThrow('does not say how far');
  });

  const refused = new SFNServiceException({
    $metadata,
    name: 'AccessDeniedException',
    $fault: 'client',
    message: 'no',
  });
  it.each<[string, Answers]>([
    ['listing is denied', { ListMapRunsCommand: refused }],
    [
      'the execution is not there',
      { ListMapRunsCommand: new ExecutionDoesNotExist({ $metadata, message: 'none' }) },
    ],
    [
      'describing is denied',
      {
        ListMapRunsCommand: { mapRuns: [listed(arnOf('CollectAccounts'))] },
        DescribeMapRunCommand: refused,
      },
    ],
  ])('is unknown when %s', async (_name, answers) => {
    await expect(find(answers)).rejects.toBeInstanceOf(SFNServiceException);
  });
});

describe('how many items are at work at once', () => {
  it('is set of that map run, and nothing else of it', async () => {
    const { asked, mapRuns } = answering({});
    await mapRuns.setConcurrency(arnOf('CollectAccounts'), 8);
    expect(asked).toEqual([
      { UpdateMapRunCommand: { mapRunArn: arnOf('CollectAccounts'), maxConcurrency: 8 } },
    ]);
  });

  it.each([
    new ResourceNotFound({ $metadata, message: 'gone' }),
    new ValidationException({ $metadata, message: 'over' }),
  ])('fails when it is refused', async (error) => {
    const { mapRuns } = answering({ UpdateMapRunCommand: error });
    await expect(mapRuns.setConcurrency(arnOf('CollectAccounts'), 8)).rejects.toBe(error);
  });
});
