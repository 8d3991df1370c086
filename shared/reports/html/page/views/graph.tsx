import type { Core } from 'cytoscape';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { GraphNode, IdentityGraph, ReportData } from '../../data.ts';
import { findingsByNode } from '../../graph-findings.ts';
import { draw, showFromTop } from '../graph/draw.ts';
import { entryOf, neighbourhood, wholeOf, worstOf } from '../graph/neighbourhood.ts';
import { useNavigation } from '../navigation.ts';
import { GraphLegend } from '../parts/graph-legend.tsx';
import { NodeFindings } from '../parts/node-findings.tsx';
import { PathSearch } from '../parts/path-search.tsx';
import { shortened } from '../parts/place.tsx';
import { counted } from '../words.ts';

/** A graph of up to so many nodes is shown whole at first. */
const SMALL = 40;
/** In place of the name of a node: all of them. */
const EVERYTHING = '*';

/** Who gets from which cluster to which privileges: drawn around one node, and as a table. */
export function GraphView({ data }: { readonly data: ReportData }) {
  return data.graph === null ? (
    <section>
      <h1>Graph</h1>
      <p class="lead">This report was made without the estate that it judges: there is nothing to draw.</p>
    </section>
  ) : (
    <Graph data={data} graph={data.graph} />
  );
}

function Graph({ data, graph }: { readonly data: ReportData; readonly graph: IdentityGraph }) {
  const { route, go } = useNavigation();
  const byNode = useMemo(() => findingsByNode(graph, data.findings), [graph, data]);
  const everything = route.focus === EVERYTHING || (route.focus === '' && graph.nodes.length <= SMALL);
  const centre = useMemo(
    () =>
      graph.nodes.find(({ name }) => name === route.focus) ??
      (everything ? undefined : entryOf(graph, byNode)),
    [graph, byNode, route.focus, everything],
  );
  const part = useMemo(
    () => (centre === undefined ? wholeOf(graph) : neighbourhood(graph, graph.nodes.indexOf(centre))),
    [graph, centre],
  );
  const clusters = graph.nodes.filter(({ kind }) => kind === 'cluster');
  const focusable = centre === undefined || centre.kind === 'cluster' ? clusters : [centre, ...clusters];
  return (
    <section aria-labelledby="graph-title">
      <h1 id="graph-title">Who gets to what</h1>
      <p class="lead">
        From clusters over ServiceAccounts and roles to privileges. Choose a node to see what leads to it and
        where it leads.
      </p>
      {graph.leftOut !== undefined && graph.leftOut.length > 0 && (
        <p class="note">This graph is a part: {graph.leftOut.join('; ')}.</p>
      )}
      {graph.unknowns.length > 0 && (
        <p class="note">
          Not everything was read, so that nodes may be missing: {graph.unknowns.slice(0, 3).join('; ')}
          {graph.unknowns.length > 3 && ` and ${graph.unknowns.length - 3} more`}.
        </p>
      )}
      <div class="graph-tools">
        <label class="choice">
          <span>Around</span>
          <select
            value={centre?.name ?? EVERYTHING}
            onChange={({ currentTarget }) => go({ view: 'graph', focus: currentTarget.value })}
          >
            <option value={EVERYTHING}>Everything ({counted(graph.nodes.length, 'node')})</option>
            {focusable.map(({ name, label, account }) => (
              <option key={name} value={name}>
                {shortened(label)} {account === undefined ? '' : `(${account})`}
              </option>
            ))}
          </select>
        </label>
        <GraphLegend />
      </div>
      <Canvas
        graph={graph}
        part={part}
        focus={centre?.name ?? ''}
        worst={(name) => worstOf(byNode.get(name))}
        chosen={({ name }) => go({ view: 'graph', focus: name })}
      />
      {part.leftOut > 0 && (
        <p class="note">
          {counted(part.leftOut, 'further node')} of this neighbourhood {part.leftOut === 1 ? 'is' : 'are'}{' '}
          not drawn; the table has all of them.
        </p>
      )}
      {centre !== undefined && <NodeFindings node={centre} findings={byNode.get(centre.name) ?? []} />}
      <PathSearch graph={graph} focus={centre} />
    </section>
  );
}

interface CanvasProps {
  readonly graph: IdentityGraph;
  readonly part: ReturnType<typeof wholeOf>;
  readonly focus: string;
  readonly worst: Parameters<typeof draw>[0]['worst'];
  readonly chosen: (node: GraphNode) => void;
}

function Canvas({ graph, part, focus, worst, chosen }: CanvasProps) {
  const container = useRef<HTMLDivElement>(null);
  const drawing = useRef<Core | null>(null);
  const theme = useTheme();
  useEffect(() => {
    if (container.current === null) return;
    const cy = draw({ container: container.current, graph, part, worst, focus, chosen });
    drawing.current = cy;
    showFromTop(cy, container.current);
    return () => cy.destroy();
  }, [graph, part, focus, theme]);
  const zoom = (factor: number) => {
    const cy = drawing.current;
    cy?.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  };
  return (
    <div class="canvas">
      <div class="canvas-tools">
        <button type="button" onClick={() => zoom(1.25)} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={() => zoom(0.8)} aria-label="Zoom out">
          −
        </button>
        <button type="button" onClick={() => drawing.current?.fit(undefined, 20)}>
          Fit
        </button>
      </div>
      <div
        ref={container}
        class="canvas-area __________cytoscape_container"
        role="img"
        aria-label={`Drawing of ${counted(part.nodes.length, 'node')} and ${counted(part.edges.length, 'connection')}; the table below says the same`}
      />
    </div>
  );
}

/** Counts up when the colours change. */
function useTheme(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const follow = () => setCount((before) => before + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', follow);
    addEventListener('themechange', follow);
    return () => {
      media.removeEventListener('change', follow);
      removeEventListener('themechange', follow);
    };
  }, []);
  return count;
}
