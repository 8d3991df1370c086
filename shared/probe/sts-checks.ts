import { fails, holds, notAsked, open, type ProbeCheck } from './check.ts';
import type { PodAnswer, StsAnswer } from './ports.ts';

/** What STS's answer says, as checks. */
export function stsChecks(answer: StsAnswer, roleArn: string): ProbeCheck[] {
  switch (answer.kind) {
    case 'refused': {
      const words = answer.message === '' ? '' : `: ${answer.message}`;
      return [
        fails('assume-role', `STS refused ${roleArn} with ${answer.code}${words}.`),
        notAsked('caller-identity', 'There are no credentials to ask with.'),
      ];
    }
    case 'unanswered':
      return [
        open('assume-role', `STS decided nothing: ${answer.why}.`),
        notAsked('caller-identity', 'There are no credentials to ask with.'),
      ];
    case 'assumed':
      return [
        holds('assume-role', `STS opened ${answer.session}.`),
        answer.caller === null
          ? open(
              'caller-identity',
              `GetCallerIdentity did not answer: ${answer.callerFailure ?? 'no reason'}.`,
            )
          : holds('caller-identity', `Its credentials are those of ${answer.caller}.`),
      ];
  }
}

/** What became of the test pod, as a check. */
export function podCheck({ outcome, injected }: PodAnswer): ProbeCheck {
  switch (outcome.kind) {
    case 'identity':
      return holds('test-pod', `The pod is ${outcome.arn}. ${injectedWords(injected)}`);
    case 'refused':
      return fails('test-pod', `The pod got no credentials: ${outcome.message}. ${injectedWords(injected)}`);
    case 'undecided':
      return open('test-pod', `${outcome.why}.`);
  }
}

function injectedWords(injected: PodAnswer['injected']): string {
  switch (injected) {
    case null:
      return 'What was put into it was not seen.';
    case 'none':
      return 'No AWS variables were put into it.';
    case 'irsa':
      return 'The variables of IRSA were put into it.';
    case 'pod-identity':
      return 'The variables of Pod Identity were put into it.';
  }
}
