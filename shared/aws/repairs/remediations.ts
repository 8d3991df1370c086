import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Permission } from '../../lambda/permissions.ts';
import type { Remediations } from '../../pipeline/repair/repair.ts';

/** What starting a repair needs. */
export const remediationPermissions: readonly Permission[] = [
  { actions: ['states:StartExecution'], on: 'remediate-machine' },
];

/** Repairs as executions of the state machine Remediate. Without an ARN none is deployed, and none is started. */
export function stateMachineRemediations(
  client: SFNClient,
  stateMachineArn: () => string | undefined,
): Remediations {
  return {
    start: async (repair) => {
      const arn = stateMachineArn();
      if (arn === undefined) return 'repeated';
      try {
        await client.send(
          new StartExecutionCommand({
            stateMachineArn: arn,
            name: repair.name,
            input: JSON.stringify(repair),
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
