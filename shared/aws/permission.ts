/** The IAM actions that a read needs, declared beside the read. `for`: what the read is part of. */
export interface Permissions {
  readonly actions: readonly [string, ...string[]];
  /**
   * `read`: every account that is read. `accounts`: the caller, when further accounts are read.
   * `causes`: every account in which last changes are looked up. `kubernetes`: every account whose clusters'
   * Kubernetes APIs are read. `organization`: the management account, or a delegated administrator's.
   */
  readonly for: 'read' | 'accounts' | 'causes' | 'kubernetes' | 'organization';
}
