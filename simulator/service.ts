import type { Call, Recorded } from './operation.ts';

/** A simulated service: its operations, and how it words what any of them can answer. */
export interface Service {
  /** Prefix of its actions, `eks`. */
  readonly prefix: string;
  /** `eks.amazonaws.com` */
  readonly eventSource: string;
  /** True for IAM: one state per account, records in the partition's IAM region. */
  readonly global: boolean;
  readonly operations: ReadonlyMap<string, AnyOperation>;
  readonly denied: (message: string) => Error;
  readonly throttled: () => Error;
  readonly serverError: (status: 500 | 503) => Error;
  /** The service's convention for a record's request and response. */
  readonly record: (operation: string, input: object, output: object | null) => Recorded;
}

/** An operation whose input the SDK's command has typed already. */
export interface AnyOperation {
  readonly kind: 'read' | 'write' | 'session';
  handle(call: Call, input: object): object;
  record?(input: object, output: object | null, call: Call): Recorded;
}

/**
 * A service's operations by name. The cast forgets the input types here, because the client's command class, which
 * gave the name, gave the input too.
 */
export function operationTable(...groups: readonly object[]): ReadonlyMap<string, AnyOperation> {
  return new Map(groups.flatMap((group) => Object.entries(group as Record<string, AnyOperation>)));
}

/** An error in the shape of the SDK's, for codes that have no class of their own. */
export interface ErrorShape {
  readonly name: string;
  readonly message: string;
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode: number };
}

/** What every SDK exception takes. */
export function shape(name: string, status: number, message: string): ErrorShape {
  return { name, message, $fault: status < 500 ? 'client' : 'server', $metadata: { httpStatusCode: status } };
}
