import type { Plan } from '../../changes/plan.ts';
import type { Shown } from '../../changes/proof.ts';

/** A heading and sentences: what both the text and the Markdown of a plan are made of. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What stands in place of findings for a plan that answers none: a step of a migration, a grant, the way back. */
export const NO_FINDING = 'no finding, but who asks for it';

/** What a reviewer has to know of a plan besides its changes; empty sections are left out. */
export function sectionsOf(plan: Plan): Section[] {
  const { proof, intent } = plan;
  return [
    { title: 'Must not be applied as it is', lines: plan.blockers },
    { title: 'A person has to decide', lines: plan.approval },
    { title: 'Intent', lines: intentLines(intent) },
    { title: 'Who gets in now', lines: proof.before },
    { title: 'Who is meant to get in anew', lines: proof.intended },
    { title: 'Who gets in afterwards', lines: proof.after },
    {
      title: 'Proof',
      lines: [...proof.shown.map(shownLine), ...proof.unknowns.map((text) => `not known: ${text}`)],
    },
    { title: 'Rehearsal', lines: [rehearsalLine(plan)] },
    { title: 'Wakes', lines: plan.wakes },
    {
      title: 'Managed by others',
      lines: plan.ownership.map(
        ({ owner, evidence, target }) =>
          `${target} by ${OWNERS[owner]} (${evidence}): its next run undoes the change unless its source changes too.`,
      ),
    },
    { title: 'Notes', lines: plan.notes },
  ].filter(({ lines }) => lines.length > 0);
}

const OWNERS: Readonly<Record<Plan['ownership'][number]['owner'], string>> = {
  cloudformation: 'CloudFormation',
  terraform: 'Terraform',
  eksctl: 'eksctl',
  addon: 'an EKS add-on',
  service: 'a service of AWS',
  podtrust: 'podtrust',
};

function intentLines(intent: Plan['intent']): string[] {
  switch (intent.source) {
    case 'none':
      return ['The plan lets nobody in.'];
    case 'configuration':
      return ['Declared under bindings of podtrust.config.json, by the ARN of the cluster.'];
    case 'approver':
      return [
        `Nothing declares it: an approver has to. The wish is ${intent.wish}`,
        `Effective before: ${intent.effectiveBefore ?? 'not known'}`,
      ];
  }
}

const CLAIMS: Readonly<Record<Shown['claim'], string>> = {
  'intended-in-after': 'everyone who is meant gets in',
  'after-in-before-or-intended': 'nobody gets in who neither did before nor is meant',
  'observed-keep-access': 'everyone who was observed keeps access',
  'account-wide': 'nobody else gets in anywhere in the account',
};

function shownLine({ claim, target, holds, witness, reason }: Shown): string {
  const word = { yes: 'yes', no: 'NO', undecided: 'undecided' }[holds];
  const why = witness ?? reason;
  return `${word}: ${CLAIMS[claim]} (${target})${why === undefined ? '' : `: ${why}`}`;
}

function rehearsalLine({ proof: { rehearsal } }: Plan): string {
  const { source, since, complete, sessions, broken } = rehearsal;
  if (source === 'none') return 'No sessions were observed: who uses it is not known.';
  const from = {
    pipeline: 'recorded by the pipeline',
    trail: 'from a trail',
    'cloudtrail-sample': 'a sample of CloudTrail',
  };
  const gap = complete ? 'complete' : 'not complete';
  return `Breaks ${broken.length} of ${sessions} observed callers (${from[source]}, since ${since ?? 'an unknown time'}, ${gap}).${broken.map((one) => `\n${one}`).join('')}`;
}
