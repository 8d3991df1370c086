import {
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Permission } from '../../lambda/permissions.ts';
import type { Callbacks } from '../../pipeline/repair/repair.ts';

/** What letting a workflow go on needs: of the one machine whose tokens are kept. */
export const callbackPermissions: readonly Permission[] = [
  { actions: ['states:SendTaskSuccess'], on: 'remediate-machine' },
];

/** Task tokens of Step Functions; one that is used or too old is nobody's any more. */
export function taskCallbacks(client: SFNClient): Callbacks {
  return {
    decided: async (taskToken, verdict) => {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ verdict }) }));
        return true;
      } catch (error) {
        if (
          error instanceof TaskTimedOut ||
          error instanceof TaskDoesNotExist ||
          error instanceof InvalidToken
        )
          return false;
        throw error;
      }
    },
  };
}
