/** What a Lambda may do, said beside the code that does it: infrastructure and documentation are made from it. */
export interface Permission {
  readonly actions: readonly string[];
  readonly on: PermissionTarget;
}

/**
 * `account`: reads without resources of their own, in podtrust's own account. `read-roles`, `write-roles`: the role of
 * every account. The others are the one resource of that name in the hub.
 */
export type PermissionTarget =
  | 'bucket'
  | 'objects'
  | 'key'
  | 'topic'
  | 'chat-topic'
  | 'security-hub-product'
  | 'state-machine'
  | 'executions'
  | 'scan-executions'
  | 'scan-map-runs'
  | 'bus'
  | 'table'
  | 'table-and-indexes'
  | 'repair-table'
  | 'remediate-machine'
  | 'write-roles'
  | 'account'
  | 'read-roles';
