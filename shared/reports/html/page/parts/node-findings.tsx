import type { GraphNode, ReportFinding } from '../../data.ts';
import { useNavigation } from '../navigation.ts';
import { counted, GRADE_WORDS } from '../words.ts';
import { SeverityBadge } from './severity.tsx';
import { Mono } from './text.tsx';

const MOST = 8;

const KINDS: Readonly<Record<GraphNode['kind'], string>> = {
  cluster: 'Cluster',
  'service-account': 'ServiceAccount',
  pattern: 'Whoever fits',
  role: 'Role',
  privilege: 'Privileges',
};

/** What a node is, and the open findings about it. */
export function NodeFindings({
  node,
  findings,
}: {
  readonly node: GraphNode;
  readonly findings: readonly ReportFinding[];
}) {
  const { to } = useNavigation();
  return (
    <section class="node" aria-live="polite">
      <p>
        <strong>{KINDS[node.kind]}</strong> <Mono text={node.kind === 'privilege' ? node.label : node.name} />
        {node.kind === 'role' && node.grade !== undefined && (
          <span class={`grade grade-${node.grade}`}>{GRADE_WORDS[node.grade]}</span>
        )}
      </p>
      {node.kind !== 'privilege' && (
        <p class="muted">
          {findings.length === 0
            ? 'No open finding is about it.'
            : `${counted(findings.length, 'open finding')}:`}
        </p>
      )}
      <ul class="plain">
        {findings.slice(0, MOST).map(({ fingerprint, severity, title }) => (
          <li key={fingerprint}>
            <SeverityBadge severity={severity} />{' '}
            <a href={to({ view: 'findings', finding: fingerprint, focus: '' })}>{title}</a>
          </li>
        ))}
      </ul>
      {findings.length > MOST && <p class="muted">and {findings.length - MOST} more</p>}
    </section>
  );
}
