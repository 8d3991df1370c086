import * as z from 'zod';
import type { Telemetry } from './telemetry.ts';

/** Where events are put. */
export interface EventBus {
  readonly put: (event: {
    readonly source: string;
    readonly detailType: string;
    readonly detail: object;
  }) => Promise<void>;
}

export interface CanaryPorts {
  readonly bus: EventBus;
  readonly now: () => Date;
}

/** Source and type of the canary's events: a rule of their own takes them from the bus to triage. */
export const CANARY = { source: 'podtrust.canary', detailType: 'podtrust canary' } as const;

const envelopeSchema = z.object({
  source: z.literal(CANARY.source),
  'detail-type': z.literal(CANARY.detailType),
  detail: z.object({ sentAt: z.iso.datetime() }),
});

/** Sends an event that has to arrive at triage: an alarm tells when it stays away. */
export function sendCanary({ bus, now }: CanaryPorts) {
  return async (): Promise<void> => {
    await bus.put({ ...CANARY, detail: { sentAt: now().toISOString() } });
  };
}

/** Whether a message is the canary's; counts its arrival, and how long it took. */
export function isCanary(message: unknown, telemetry: Telemetry, now: () => Date): boolean {
  const canary = envelopeSchema.safeParse(message);
  if (!canary.success) return false;
  telemetry.count('CanaryArrived');
  const seconds = (now().getTime() - Date.parse(canary.data.detail.sentAt)) / 1000;
  telemetry.count('SecondsOfCanary', Math.max(0, seconds));
  return true;
}
