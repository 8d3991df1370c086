import type { Estate, RoleView } from '../estate/estate.ts';
import type { Request } from '../iam/request.ts';
import type { Repair, Step } from './chain.ts';
import { type CheckName, fail, leftOut, pass, unknown } from './checks.ts';
import { type ControlAnswer, resourceControl, serviceControl } from './control-policies.ts';

const RULE = 'no-denying-control-policy';

/** Whether the organization lets calls act upon a role. */
export function resourceControlStep(role: RoleView, calls: readonly Request[], estate: Estate): Step {
  return stepOf('resource-control-policies', resourceControl(role, calls, estate), {
    unread:
      'Resource control policies of the organization are not read; one that denies the call would break it.',
    passes: `No resource control policy above account ${role.account.id} denies the call.`,
  });
}

/** Whether the organization lets a role make calls. */
export function serviceControlStep(role: RoleView, calls: readonly Request[], estate: Estate): Step {
  return stepOf(
    'service-control-policies',
    serviceControl({ account: role.account.id, tags: role.role.tags }, calls, estate),
    {
      unread:
        'Service control policies are not read; one that denies sts:AssumeRole to the first role would break it.',
      passes: `The service control policies above account ${role.account.id} allow the first role to call.`,
    },
  );
}

interface Words {
  readonly unread: string;
  readonly passes: string;
}

function stepOf(check: CheckName, answer: ControlAnswer, words: Words): Step {
  switch (answer.kind) {
    case 'not-read':
      return leftOut(check, words.unread);
    case 'none':
      return pass(check, answer.reason);
    case 'passes':
      return pass(check, words.passes);
    case 'refused':
      return fail(check, `The organization refuses: ${answer.reason}.`, RULE);
    case 'unknown':
      return unknown(check, `Not known: ${answer.reason}.`);
  }
}

/** What to do about a control policy that refuses; null when none does. */
export function controlRepair(steps: readonly Step[]): Repair | null {
  const refused = steps.find(({ rule, status }) => rule === RULE && status === 'fail');
  return refused === undefined
    ? null
    : {
        text: `${refused.detail} Whoever keeps the organization's policies has to except the call: no policy of the account can allow it.`,
      };
}
