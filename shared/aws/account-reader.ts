import type { ClientKind, ClientOf } from './clients.ts';
import type { Partition } from './partitions.ts';
import type { Place, Reading } from './reading.ts';

/** One account under reading: its place, and the clients that have its credentials. */
export interface AccountReader {
  readonly reading: Reading;
  readonly id: string;
  /** Name of the partition as ARNs carry it. */
  readonly partition: string;
  /** What is known of the partition, undefined for one that this version has not heard of. */
  readonly known: Partition | undefined;
  readonly place: Place;
  /** ARN of the caller, as GetCallerIdentity says it. */
  readonly caller: string;
  /** `region` null: the partition's IAM region. */
  readonly client: <K extends ClientKind>(kind: K, region: string | null) => ClientOf[K];
}

/** One cluster under reading. */
export interface ClusterReader {
  readonly reading: Reading;
  readonly eks: ClientOf['eks'];
  readonly name: string;
  readonly place: Place;
  readonly caller: string;
}
