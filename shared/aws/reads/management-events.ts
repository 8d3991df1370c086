import type { AdvancedEventSelector, EventSelector } from '@aws-sdk/client-cloudtrail';
import type { Trail } from '../../estate/snapshot.ts';

interface Selectors {
  readonly EventSelectors?: readonly EventSelector[] | undefined;
  readonly AdvancedEventSelectors?: readonly AdvancedEventSelector[] | undefined;
}

/**
 * Which management events a trail's selectors take, reads and writes joined over all of them. `narrowed`: some are left
 * out by a field that is not judged here, so nothing is claimed. Leaving out KMS and the RDS Data API, the only services
 * that basic selectors can leave out, changes nothing for identity (CloudTrail API reference, EventSelector).
 */
export function managementEventsOf({
  EventSelectors = [],
  AdvancedEventSelectors = [],
}: Selectors): NonNullable<Trail['managementEvents']> | 'narrowed' {
  const taken = [...EventSelectors.map(basic), ...AdvancedEventSelectors.map(advanced)];
  const reads = taken.some((part) => part === 'all' || part === 'read');
  const writes = taken.some((part) => part === 'all' || part === 'write');
  if (reads && writes) return 'all';
  if (taken.includes('narrowed')) return 'narrowed';
  if (reads) return 'read';
  return writes ? 'write' : 'none';
}

type Taken = ReturnType<typeof managementEventsOf>;

function basic({ IncludeManagementEvents, ReadWriteType }: EventSelector): Taken {
  if (IncludeManagementEvents === false) return 'none';
  switch (ReadWriteType) {
    case 'ReadOnly':
      return 'read';
    case 'WriteOnly':
      return 'write';
    case 'All':
    case undefined:
      return 'all';
    default:
      return 'narrowed';
  }
}

const HARMLESS: ReadonlySet<string> = new Set(['kms.amazonaws.com', 'rdsdata.amazonaws.com']);

function advanced({ FieldSelectors = [] }: AdvancedEventSelector): Taken {
  const category = FieldSelectors.find(({ Field }) => Field === 'eventCategory');
  if (!category?.Equals?.includes('Management')) return 'none';
  let taken: Taken = 'all';
  for (const field of FieldSelectors) {
    if (field === category) continue;
    if (field.Field === 'readOnly' && field.Equals?.length === 1) {
      taken = field.Equals[0] === 'true' ? 'read' : 'write';
      continue;
    }
    const { Field, Equals, StartsWith, EndsWith, NotStartsWith, NotEndsWith, NotEquals = [] } = field;
    const onlyLeavesOut = !Equals && !StartsWith && !EndsWith && !NotStartsWith && !NotEndsWith;
    if (!(Field === 'eventSource' && onlyLeavesOut && NotEquals.every((source) => HARMLESS.has(source)))) {
      return 'narrowed';
    }
  }
  return taken;
}
