import { bounded } from './bounded.ts';
import type { Side, Step } from './chain.ts';

/** Every check of the chains, in the order in which they appear; docs/checks.md says what each asks. */
export const CHECKS = {
  'cluster-active': 'aws',
  'cluster-issuer': 'aws',
  association: 'aws',
  'association-role': 'aws',
  role: 'aws',
  'role-choice': 'aws',
  'oidc-provider': 'aws',
  'oidc-provider-audience': 'aws',
  'pod-identity-agent': 'aws',
  'trust-policy': 'aws',
  'trust-principal': 'aws',
  'trust-action': 'aws',
  'trust-audience': 'aws',
  'trust-subject': 'aws',
  'trust-conditions': 'aws',
  'trust-deny': 'aws',
  'target-role': 'aws',
  'target-trust': 'aws',
  'target-permission': 'aws',
  'node-permission': 'aws',
  'node-control-policies': 'aws',
  compute: 'aws',
  'resource-control-policies': 'aws',
  'service-control-policies': 'aws',
  'service-account': 'kubernetes',
  'role-annotation': 'kubernetes',
  'pod-identity-webhook': 'kubernetes',
  'pod-credentials': 'kubernetes',
  'access-principal': 'aws',
  'authentication-mode': 'aws',
  'access-entry': 'aws',
  'access-entry-identity': 'aws',
  'access-entry-type': 'aws',
  'aws-auth': 'kubernetes',
  'cluster-creator': 'aws',
  authentication: 'aws',
  authorization: 'kubernetes',
} as const satisfies Record<string, Side>;

export type CheckName = keyof typeof CHECKS;

/** The check holds. */
export function pass(check: CheckName, detail: string): Step {
  return { check, side: CHECKS[check], status: 'pass', detail: bounded(detail) };
}

/** The check fails; `rule` is null where no rule covers it. */
export function fail(check: CheckName, detail: string, rule: string | null = null): Step {
  return {
    check,
    side: CHECKS[check],
    status: 'fail',
    detail: bounded(detail),
    ...(rule === null ? {} : { rule }),
  };
}

/** The check cannot be decided; `side` is where what would decide it is read. */
export function unknown(check: CheckName, detail: string, side: Side = CHECKS[check]): Step {
  return { check, side, status: 'unknown', detail: bounded(detail) };
}

/** The check is left out. */
export function leftOut(check: CheckName, detail: string): Step {
  return { check, side: CHECKS[check], status: 'not-evaluated', detail: bounded(detail) };
}

/** The detail of a check that a failed read leaves open. */
export function unread({ read, reason }: { readonly read: string; readonly reason: string }): string {
  return `Not known: ${read} is missing (${reason}).`;
}
