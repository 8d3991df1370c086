import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Permission } from '../../lambda/permissions.ts';
import type { Evaluations } from '../../pipeline/triage.ts';

/** What stateMachineEvaluations needs. */
export const evaluationPermissions: readonly Permission[] = [
  { actions: ['states:StartExecution'], on: 'state-machine' },
];

/** Starts executions of the state machine. Step Functions keeps a Standard execution's name for 90 days after its end. */
export function stateMachineEvaluations(client: SFNClient, stateMachineArn: () => string): Evaluations {
  return {
    start: async (evaluation) => {
      try {
        await client.send(
          new StartExecutionCommand({
            stateMachineArn: stateMachineArn(),
            name: evaluation.name,
            input: JSON.stringify(evaluation),
          }),
        );
        return 'started';
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'repeated';
        throw error;
      }
    },
  };
}
