import { useEffect, useRef } from 'preact/hooks';
import type { ReportData, ReportFinding } from '../../data.ts';
import { FindingBody } from '../parts/finding-body.tsx';
import { SeverityBadge } from '../parts/severity.tsx';

interface DetailProps {
  readonly finding: ReportFinding;
  readonly data: ReportData;
  /** Address without the finding. */
  readonly close: string;
}

/** The finding that is open, beside the list; the focus goes to its heading. */
export function FindingDetail({ finding, data, close }: DetailProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: false }), []);
  return (
    <article class="detail" aria-labelledby="detail-title">
      <a class="close" href={close} aria-label="Close the finding">
        ✕
      </a>
      <header>
        <FindingTags finding={finding} />
        <h2 id="detail-title" ref={heading} tabIndex={-1}>
          {finding.title}
        </h2>
      </header>
      <FindingBody finding={finding} data={data} level={3} />
    </article>
  );
}

/** Severity, state and rule of a finding. */
export function FindingTags({ finding }: { readonly finding: ReportFinding }) {
  const { severity, status, number, rule } = finding;
  return (
    <p class="tags">
      <SeverityBadge severity={severity} />
      {status !== 'open' && <span class={`state state-${status}`}>{status}</span>}
      <span class="muted">
        {number} <code>{rule}</code>
      </span>
    </p>
  );
}
