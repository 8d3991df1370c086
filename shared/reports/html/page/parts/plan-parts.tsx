import type { ReportPlan } from '../../data.ts';
import { Part } from './section.tsx';
import { Long, Mono } from './text.tsx';

interface PlanProps {
  readonly plan: ReportPlan;
  readonly fingerprint: string;
  /** Of the heading that it is under. */
  readonly level: 3 | 4;
}

/** A plan as `podtrust plan` prints it: changes line by line, who gets in before and after, proof, risk, snippets. */
export function PlanParts({ plan, fingerprint, level }: PlanProps) {
  const under = level === 3 ? 4 : 5;
  return (
    <>
      <p>
        <Long text={plan.title} /> <span class={`risk risk-${plan.risk}`}>Risk: {plan.risk}</span>
      </p>
      {plan.changes.map((change, index) => (
        <PolicyDiff key={`${index}`} change={change} />
      ))}
      {plan.sections.map(({ title, lines }) => (
        <Part key={title} title={title} level={under}>
          <ul>
            {lines.map((line, index) => (
              <li key={`${index}`} class="lines">
                <Long text={line} />
              </li>
            ))}
          </ul>
        </Part>
      ))}
      {plan.snippets.map(({ title, text }, index) => (
        <details key={`${index}`} class="snippet">
          <summary>
            <Long text={title} />
          </summary>
          <pre>
            <code>{text}</code>
          </pre>
        </details>
      ))}
      <p class="muted">
        Digest <Mono text={plan.digest} />. To have it as a document:{' '}
        <code>podtrust plan --finding {fingerprint}</code>
      </p>
    </>
  );
}

const SIGN_WORDS = { '+': 'put in', '-': 'taken out', ' ': '' } as const;
const HEAD_WORDS = { '+': 'Create', '-': 'Delete', '~': 'Change' } as const;

/** One change, line by line; signs say what colours say. */
function PolicyDiff({ change }: { readonly change: ReportPlan['changes'][number] }) {
  const { sign, words, lines } = change;
  return (
    <figure class="diff">
      <figcaption>
        {HEAD_WORDS[sign]} <Long text={words} />
      </figcaption>
      <pre>
        {lines.map((line, index) => (
          <span
            key={`${index}`}
            class={`line line-${line.sign === '+' ? 'added' : line.sign === '-' ? 'removed' : 'kept'}`}
          >
            <span aria-hidden="true">{line.sign} </span>
            {line.sign !== ' ' && <span class="visually-hidden">{SIGN_WORDS[line.sign]}: </span>}
            {line.text}
            {'\n'}
          </span>
        ))}
      </pre>
    </figure>
  );
}
