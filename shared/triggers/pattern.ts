import { eventReaders } from './events/index.ts';

/** An EventBridge event pattern: what a rule asks of an event. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail: Readonly<Record<string, readonly unknown[]>>;
}

/** `detail-type` of every event that CloudTrail delivers (EventBridge events reference). */
const CLOUDTRAIL_CALL = 'AWS API Call via CloudTrail';

/** The most characters of one pattern, unless the account's quota was raised (EventBridge quotas, "Event pattern size"). */
const LONGEST_PATTERN = 2_048;

/** A pattern cannot be made short enough. */
export class PatternTooLongError extends Error {
  override readonly name = 'PatternTooLongError';
}

/**
 * What the hub's rules let through: the writes that podtrust follows, when they succeeded. One pattern for each service,
 * and more where one would be too long; an event matches at most one. `extraSources` are sources of events that are
 * CloudTrail's in all but the source, as an organization's own re-publisher puts them: nobody but AWS may put events
 * whose source begins with `aws.`. Throws PatternTooLongError when these leave no room.
 */
export function changePatterns(extraSources: readonly string[] = []): readonly EventPattern[] {
  const changes = eventReaders.filter(({ records }) => records === 'change');
  const services = [...new Set(changes.map(({ service }) => service))];
  return services.flatMap((service) => {
    const names = changes.filter((reader) => reader.service === service).map(({ name }) => name);
    return split(names, (some) => patternOf(service, some, extraSources));
  });
}

function patternOf(service: string, names: readonly string[], extraSources: readonly string[]): EventPattern {
  return {
    source: [awsSource(service), ...extraSources],
    'detail-type': [CLOUDTRAIL_CALL],
    detail: { eventSource: [service], eventName: names, errorCode: [{ exists: false }] },
  };
}

/** As few patterns as the limit allows, each with the same share of the names. */
function split(
  names: readonly string[],
  pattern: (names: readonly string[]) => EventPattern,
): EventPattern[] {
  for (let parts = 1; parts <= names.length; parts += 1) {
    const size = Math.ceil(names.length / parts);
    const patterns = Array.from({ length: Math.ceil(names.length / size) }, (_, part) =>
      pattern(names.slice(part * size, (part + 1) * size)),
    );
    if (patterns.every((each) => JSON.stringify(each).length <= LONGEST_PATTERN)) return patterns;
  }
  throw new PatternTooLongError(
    `The extra sources leave no room in an event pattern of ${LONGEST_PATTERN} characters. Give fewer or shorter ones.`,
  );
}

/** `iam.amazonaws.com` is `aws.iam` on the bus. */
function awsSource(service: string): string {
  return `aws.${service.split('.')[0] ?? service}`;
}
