import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Permission } from '../../lambda/permissions.ts';
import type { Evaluations } from '../../pipeline/request-evaluations.ts';

/** What starting needs. */
export const startPermissions: readonly Permission[] = [
  { actions: ['states:StartExecution'], on: 'state-machine' },
];

/** What asking for an execution needs besides. */
export const executionPermissions: readonly Permission[] = [
  { actions: ['states:DescribeExecution'], on: 'executions' },
];

/**
 * Turns as executions of the state machine. The same name and input while it runs is answered as before; Step Functions
 * keeps a Standard execution's name for 90 days after its end (API reference, StartExecution).
 */
export function stateMachineEvaluations(client: SFNClient, stateMachineArn: () => string): Evaluations {
  return {
    start: async (turn) => {
      try {
        await client.send(
          new StartExecutionCommand({
            stateMachineArn: stateMachineArn(),
            name: turn.name,
            input: JSON.stringify(turn),
          }),
        );
        return 'started';
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'repeated';
        throw error;
      }
    },
    isRunning: async (turn) => {
      const executionArn = `${stateMachineArn().replace(':stateMachine:', ':execution:')}:${turn.name}`;
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        return status === 'RUNNING';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return false;
        throw error;
      }
    },
  };
}
