import type { Clock } from './clock.ts';
import type { Ids } from './ids.ts';
import type { Actor } from './records/actor.ts';
import type { CloudTrailRecord } from './records/record.ts';
import type { AccountState, RegionState } from './state.ts';

/** What every part of a simulated organization shares. */
export interface World {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly accounts: ReadonlyMap<string, AccountState>;
  readonly settings: Settings;
  /** Temporary and long-lived access keys, to whom they belong. */
  readonly sessions: Map<string, Actor>;
  /** Keys of sessions that are over. */
  readonly ended: Set<string>;
  /** Answers to requests with a token of the caller's, by all that tells requests apart. */
  readonly answered: Map<string, object>;
  readonly emit: (record: CloudTrailRecord) => void;
}

export interface Settings {
  /** Seconds until a write to IAM or an association is seen by reads. */
  readonly delaySeconds: number;
  /** The longest page any list gives. */
  readonly pageSize: number;
  readonly clusterCreationSeconds: number;
  /** Seconds that updates of clusters and add-ons take. */
  readonly updateSeconds: number;
  /** Whether GetAccountAuthorizationDetails has those policies of AWS, too, that are boundaries and nothing else. */
  readonly detailsHaveBoundaries: boolean;
}

/** One call on its way through a service. */
export interface Call {
  readonly world: World;
  readonly account: AccountState;
  readonly region: RegionState;
  readonly actor: Actor;
  /** The longest page, smaller than the setting under a `partial-page` fault. */
  readonly pageSize: number;
  readonly now: Date;
}

/** What CloudTrail writes of one call, where it is not what the service's convention gives. */
export interface Recorded {
  readonly requestParameters?: object | null;
  readonly responseElements?: object | null;
  readonly resources?: readonly { readonly accountId: string; readonly type: string; readonly ARN: string }[];
}

/**
 * An operation of a service.
 * `read`: no record. `write`: a record, also of a refused one. `session`: writes its own records, in several accounts.
 */
export interface Operation<Input, Output> {
  readonly kind: 'read' | 'write' | 'session';
  readonly handle: (call: Call, input: Input) => Output;
  record?(input: Input, output: Output | null, call: Call): Recorded;
}

export function read<Input, Output>(handle: (call: Call, input: Input) => Output): Operation<Input, Output> {
  return { kind: 'read', handle };
}

export function write<Input, Output>(
  handle: (call: Call, input: Input) => Output,
  record?: (input: Input, output: Output | null, call: Call) => Recorded,
): Operation<Input, Output> {
  return record === undefined ? { kind: 'write', handle } : { kind: 'write', handle, record };
}

interface CommandLike {
  readonly input: object;
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (args: never) => Promise<{ output: object }>;
}

type CommandOf<Constructor> = Constructor extends new (
  ...args: never[]
) => infer Command
  ? Command extends CommandLike
    ? Command
    : never
  : never;
type Output<Command extends CommandLike> = Omit<
  Awaited<ReturnType<ReturnType<Command['resolveMiddleware']>>>['output'],
  '$metadata'
>;

/** The operations of a service, each typed by the SDK's own command of that name. */
export type Operations<Client> = {
  readonly [Name in keyof Client as Name extends `${infer Short}Command` ? Short : never]?: Operation<
    CommandOf<Client[Name]>['input'],
    Output<CommandOf<Client[Name]>>
  >;
};
