import type { Documents } from './role-view.ts';

/**
 * Hears what an estate is asked for beyond single accounts. An estate that holds a part of an organization learns by it
 * which other accounts an answer hangs on.
 */
export interface Asked {
  /** An account that the estate does not hold, by its id. */
  readonly account: (id: string) => void;
  /** A role that the estate does not hold, by its ARN. */
  readonly role: (arn: string) => void;
  /** The clusters of an issuer, by its key; `found`: the estate holds one. */
  readonly issuer: (key: string, found: boolean) => void;
  /** Whose pods get a role, by its ARN. */
  readonly podsOf: (roleArn: string) => void;
}

/** What is known of the rest of an organization, of which an estate holds a part. */
export interface Rest {
  readonly asked: Asked;
  /** Whether nothing in the whole of it hides a cluster. */
  readonly seesEveryCluster: boolean;
  /** Managed policies that AWS owns, from whatever account read them. */
  readonly documents: Documents;
}

const ignore = (): void => {};

/** An estate that holds everything needs to hear nothing. */
export const ASKED_IN_VAIN: Asked = { account: ignore, role: ignore, issuer: ignore, podsOf: ignore };

/** A map that tells what it is asked for in vain, or with `always` whatever it is asked for. */
export class AskedMap<Value> extends Map<string, Value> {
  readonly #tell: (key: string, found: boolean) => void;
  readonly #always: boolean;

  constructor(
    entries: Iterable<readonly [string, Value]>,
    tell: (key: string, found: boolean) => void,
    always: boolean,
  ) {
    super(entries);
    this.#tell = tell;
    this.#always = always;
  }

  override get(key: string): Value | undefined {
    const value = super.get(key);
    if (this.#always || value === undefined) this.#tell(key, value !== undefined);
    return value;
  }

  override has(key: string): boolean {
    const has = super.has(key);
    if (this.#always || !has) this.#tell(key, has);
    return has;
  }
}
