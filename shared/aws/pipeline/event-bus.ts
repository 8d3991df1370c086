import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Permission } from '../../lambda/permissions.ts';
import type { EventBus } from '../../pipeline/canary.ts';

/** What eventBus needs. */
export const eventBusPermissions: readonly Permission[] = [{ actions: ['events:PutEvents'], on: 'bus' }];

/** The bus did not take an event. */
class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
}

/** podtrust's own bus. */
export function eventBus(client: EventBridgeClient, busName: () => string): EventBus {
  return {
    put: async ({ source, detailType, detail }) => {
      const { FailedEntryCount = 0, Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: busName(),
              Source: source,
              DetailType: detailType,
              Detail: JSON.stringify(detail),
            },
          ],
        }),
      );
      if (FailedEntryCount > 0)
        throw new EventRefusedError(
          `The bus ${busName()} refused an event of ${source}: ${Entries[0]?.ErrorCode ?? 'no reason given'}.`,
        );
    },
  };
}
