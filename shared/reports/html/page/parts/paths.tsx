import { useMemo } from 'preact/hooks';
import type { GraphNode, ReportData, ReportFinding } from '../../data.ts';
import { allPaths, type Path, pathsOf } from '../graph/paths.ts';
import { useNavigation } from '../navigation.ts';
import { GRADE_WORDS, VERDICT_WORDS } from '../words.ts';
import { shortened } from './place.tsx';
import { Scrollable } from './scrollable.tsx';
import { Part } from './section.tsx';

const MOST = 12;

interface PathsProps {
  readonly finding: ReportFinding;
  readonly data: ReportData;
  readonly level: 3 | 4;
}

/** Who gets through a finding's ServiceAccount or role to what. */
export function PathsOf({ finding, data, level }: PathsProps) {
  const { graph } = data;
  const paths = useMemo(() => (graph === null ? [] : pathsOf(finding, allPaths(graph))), [finding, graph]);
  if (paths.length === 0) return null;
  return (
    <Part title="Who gets to what" level={level}>
      <PathTable paths={paths.slice(0, MOST)} />
      {paths.length > MOST && <p class="muted">{paths.length - MOST} more are in the graph.</p>}
    </Part>
  );
}

const WAYS: Readonly<Record<NonNullable<Path['way']>, string>> = {
  holds: '',
  irsa: 'IRSA',
  'pod-identity': 'Pod Identity',
  target: 'Target role',
  grants: '',
};

/** Paths as a table: what the drawing shows, for whoever reads rather than looks. */
export function PathTable({ paths }: { readonly paths: readonly Path[] }) {
  return (
    <Scrollable label="Table of paths">
      <table class="table paths">
        <thead>
          <tr>
            <th scope="col">Cluster</th>
            <th scope="col">ServiceAccount</th>
            <th scope="col">By</th>
            <th scope="col">Role</th>
            <th scope="col">Privileges</th>
          </tr>
        </thead>
        <tbody>
          {paths.map(({ cluster, holder, way, state, reason, roles, privilege }, index) => (
            <tr key={`${index}`}>
              <td>
                <NodeLink node={cluster} />
              </td>
              <td>
                <NodeLink node={holder} />
              </td>
              <td>
                {way === null ? <span class="muted">no role</span> : WAYS[way]}{' '}
                {state !== null && (
                  <span class={`verdict verdict-${state}`} title={reason}>
                    {VERDICT_WORDS[state]}
                  </span>
                )}
              </td>
              <td>
                {roles.map((role, at) => (
                  <span key={role.name}>
                    {at > 0 && ' → '}
                    <NodeLink node={role} />
                  </span>
                ))}
              </td>
              <td>
                {privilege !== null && (
                  <span class={`grade grade-${privilege.grade ?? 'unknown'}`}>
                    {GRADE_WORDS[privilege.grade ?? 'unknown']}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function NodeLink({ node }: { readonly node: GraphNode | null }) {
  const { to } = useNavigation();
  if (node === null) return null;
  return (
    <a href={to({ view: 'graph', focus: node.name, finding: '' })} title={shortened(node.name, 300)}>
      <bdi>{shortened(node.label)}</bdi>
    </a>
  );
}
