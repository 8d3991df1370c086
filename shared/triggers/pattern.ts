import { eventReaders } from './events/index.ts';

/** An EventBridge event pattern: what a rule asks of an event. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: Readonly<Record<string, readonly unknown[]>>;
}

/** `detail-type` of every event that CloudTrail delivers (EventBridge events reference). */
const CLOUDTRAIL_CALL = 'AWS API Call via CloudTrail';

/**
 * What the hub's rule lets through: the writes that podtrust follows, when they succeeded. `extraSources` are sources
 * of events that are CloudTrail's in all but the source, as an organization's own re-publisher puts them: nobody but AWS
 * may put events whose source begins with `aws.`.
 */
export function changePattern(extraSources: readonly string[] = []): EventPattern {
  const services = [...new Set(eventReaders.map((reader) => reader.service))];
  return {
    source: [...services.map(awsSource), ...extraSources],
    'detail-type': [CLOUDTRAIL_CALL],
    detail: {
      eventSource: services,
      eventName: [...new Set(eventReaders.map((reader) => reader.name))],
      errorCode: [{ exists: false }],
    },
  };
}

/** `iam.amazonaws.com` is `aws.iam` on the bus. */
function awsSource(service: string): string {
  return `aws.${service.split('.')[0] ?? service}`;
}
