import type { ReportChain } from '../../data.ts';
import { STEP_WORDS, VERDICT_WORDS } from '../words.ts';
import { Long } from './text.tsx';

const SIGNS: Readonly<Record<ReportChain['steps'][number]['status'], string>> = {
  pass: '✓',
  fail: '✗',
  unknown: '?',
  'not-evaluated': '–',
};

/** The steps of a chain in order, as `podtrust explain` says them. */
export function ChainSteps({ chain }: { readonly chain: ReportChain }) {
  const { about, verdict, steps, reason } = chain;
  return (
    <>
      <p>
        <Long text={about} /> <strong class={`verdict verdict-${verdict}`}>{VERDICT_WORDS[verdict]}</strong>
      </p>
      <ol class="steps">
        {steps.map(({ check, status, detail }, index) => (
          <li
            key={`${index} ${check}`}
            class={`step step-${status}${check === reason?.check ? ' step-reason' : ''}`}
          >
            <span class="sign" aria-hidden="true">
              {SIGNS[status]}
            </span>
            <span>
              <code>{check}</code> <span class="visually-hidden">{STEP_WORDS[status]}: </span>
              <Long text={detail} />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
