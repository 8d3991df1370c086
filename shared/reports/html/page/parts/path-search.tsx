import { useEffect, useMemo, useState } from 'preact/hooks';
import type { GraphNode, IdentityGraph } from '../../data.ts';
import { allPaths, type Path } from '../graph/paths.ts';
import { counted } from '../words.ts';
import { Pager } from './pager.tsx';
import { PathTable } from './paths.tsx';
import { shortened } from './place.tsx';

const PER_PAGE = 100;

interface PathSearchProps {
  readonly graph: IdentityGraph;
  /** Only paths through it; undefined: all. */
  readonly focus: GraphNode | undefined;
}

/** Everything that the graph says, as a table that can be searched. */
export function PathSearch({ graph, focus }: PathSearchProps) {
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  useEffect(() => setPage(1), [text, focus]);
  const paths = useMemo(() => {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    return allPaths(graph).filter(
      (path) =>
        (focus === undefined || isOn(path, focus)) && words.every((word) => wordsOf(path).includes(word)),
    );
  }, [graph, focus, text]);
  return (
    <section aria-labelledby="paths-title">
      <h2 id="paths-title">
        {focus === undefined ? 'All paths' : `Paths through ${shortened(focus.label)}`}
      </h2>
      <div class="graph-tools">
        <label class="search">
          <span class="visually-hidden">Search paths</span>
          <input
            type="search"
            placeholder="Search paths"
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <p class="count" role="status">
          {counted(paths.length, 'path')}
        </p>
      </div>
      <PathTable paths={paths.slice((page - 1) * PER_PAGE, page * PER_PAGE)} />
      <Pager page={page} pages={Math.ceil(paths.length / PER_PAGE)} turn={setPage} what="paths" />
    </section>
  );
}

function isOn({ cluster, holder, roles, privilege }: Path, { name }: GraphNode): boolean {
  return [cluster, holder, ...roles, privilege].some((node) => node?.name === name);
}

function wordsOf({ cluster, holder, roles, privilege, state, way }: Path): string {
  return [cluster, holder, ...roles, privilege]
    .map((node) => node?.label ?? '')
    .concat(state ?? '', way ?? '')
    .join('\n')
    .toLowerCase();
}
