/** The IAM actions that a read needs, declared beside the read. `for`: what the read is part of. */
export interface Permissions {
  readonly actions: readonly [string, ...string[]];
  /** `read`: every account that is read. `accounts`: the caller, when further accounts are read. */
  readonly for: 'read' | 'accounts';
}
