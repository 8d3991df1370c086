/** What a use case tells its operators: numbers for metrics, notes for the log. Never document texts or credentials. */
export interface Telemetry {
  readonly count: (metric: Metric, value?: number) => void;
  readonly note: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** The pipeline's metrics, namespace `podtrust`. */
export type Metric =
  | 'EventsReceived'
  | 'EventsIgnored'
  | 'EventsUnreadable'
  | 'ScopesRequested'
  | 'EvaluationsStarted'
  | 'EvaluationsRepeated'
  | 'CoverageGaps'
  | 'EvaluationsBegun'
  | 'LanesResumed'
  | 'LanesStuck'
  | 'NeighboursRead'
  | 'FindingsOpen'
  | 'FindingsWaived'
  | 'WaiversEnded'
  | 'Transitions'
  | 'SecondsFromEventToVerdict'
  | 'CanaryArrived'
  | 'SecondsOfCanary'
  | 'ChecksUndecided'
  | 'TransitionsPublished'
  | 'TransitionsFailed'
  | 'TransitionsLeftOver'
  | 'ChatMessagesFailed'
  | 'SecurityHubImported'
  | 'SecurityHubRefused'
  | 'SecurityHubOwed'
  | 'RepairsStarted'
  | 'PlansDeclined'
  | 'PlansRefused'
  | 'PlansVerified'
  | 'PlansRolledBack'
  | 'PlansStopped'
  | 'ScanAccounts'
  | 'ScanAccountsUnread'
  | 'ScanAccountsMissing'
  | 'ScanAccountsJudged'
  | 'ScanAccountsUnchanged'
  | 'ScanAccountsLeftToEvents'
  | 'ScansEnded'
  | 'MissedByEvents';
