import {
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionLimitExceeded,
  SFNClient,
  SFNServiceException,
} from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { stateMachineEvaluations } from '../../../../shared/aws/pipeline/evaluations.ts';
import { turnFor } from '../../../support/pipeline.ts';

const turn = turnFor();
const $metadata = {};
const denied = new SFNServiceException({
  $metadata,
  name: 'AccessDeniedException',
  $fault: 'client',
  message: 'no',
});

/** Step Functions that answers as told; `asked` is what it was asked. */
function answering(
  answer: object | Error,
  arn = 'arn:aws:states:us-east-1:111122223333:stateMachine:Reevaluate',
) {
  const asked: object[] = [];
  const client = new SFNClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(
    () =>
      async ({ input }) => {
        asked.push(input);
        if (answer instanceof Error) throw answer;
        return { output: { $metadata, ...answer }, response: {} } as never;
      },
    { step: 'initialize', priority: 'low' },
  );
  return { asked, evaluations: stateMachineEvaluations(client, () => arn) };
}

describe('starting a turn', () => {
  it('gives the execution the name and the whole of the turn', async () => {
    const { asked, evaluations } = answering({});
    expect(await evaluations.start(turn)).toBe('started');
    expect(asked).toEqual([expect.objectContaining({ name: turn.name, input: JSON.stringify(turn) })]);
  });

  it('is done when its name was used before', async () => {
    const { evaluations } = answering(new ExecutionAlreadyExists({ $metadata, message: 'it exists' }));
    expect(await evaluations.start(turn)).toBe('repeated');
  });

  it.each([
    ['refused', denied],
    ['one too many', new ExecutionLimitExceeded({ $metadata, message: 'a million are open' })],
  ])('fails when it is %s', async (_name, error) => {
    await expect(answering(error).evaluations.start(turn)).rejects.toBe(error);
  });
});

describe('a turn', () => {
  it.each([
    ['RUNNING', true],
    ['SUCCEEDED', false],
    ['FAILED', false],
    ['TIMED_OUT', false],
    ['ABORTED', false],
    ['PENDING_REDRIVE', false],
  ])('whose execution is %s runs: %s', async (status, expected) => {
    expect(await answering({ status }).evaluations.isRunning(turn)).toBe(expected);
  });

  it('that was never started does not run', async () => {
    const { evaluations } = answering(new ExecutionDoesNotExist({ $metadata, message: 'none' }));
    expect(await evaluations.isRunning(turn)).toBe(false);
  });

  it('of which Step Functions does not tell is not taken for gone', async () => {
    await expect(answering(denied).evaluations.isRunning(turn)).rejects.toBe(denied);
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('is looked for in its partition %s', async (partition) => {
    const arn = `arn:${partition}:states:us-east-1:111122223333:stateMachine:Reevaluate`;
    const { asked, evaluations } = answering({ status: 'RUNNING' }, arn);
    await evaluations.isRunning(turn);
    expect(asked).toEqual([
      { executionArn: `arn:${partition}:states:us-east-1:111122223333:execution:Reevaluate:${turn.name}` },
    ]);
  });
});
