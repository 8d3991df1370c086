import cytoscape, { type Core, type ElementDefinition } from 'cytoscape';
import type { Severity } from '../../../../findings/finding.ts';
import type { GraphNode, IdentityGraph } from '../../data.ts';
import type { Place } from './columns.ts';
import { placesOf } from './layout.ts';
import { MOST_DRAWN, type Part } from './neighbourhood.ts';
import { styleFor } from './style.ts';

/** Characters of a label where thousands are drawn; what a node holds without being measured. */
const SHORT = 26;

interface Drawing {
  readonly container: HTMLElement;
  readonly graph: IdentityGraph;
  readonly part: Part;
  /** Worst open finding of a node, by its name. */
  readonly worst: (name: string) => Severity | null;
  /** Name of the node that it is drawn around, or empty. */
  readonly focus: string;
  readonly chosen: (node: GraphNode) => void;
}

/** Draws a part of the graph in layers, from clusters on the left to privileges on the right. */
export function draw({ container, graph, part, worst, focus, chosen }: Drawing): Core {
  const places = placesOf(graph, part);
  const large = part.nodes.length > MOST_DRAWN;
  const cy = cytoscape({
    container,
    elements: elementsOf(graph, part, places, worst, focus, large),
    layout: { name: 'preset' },
    style: styleFor(container, large),
    hideEdgesOnViewport: large,
    textureOnViewport: large,
    autoungrabify: true,
    boxSelectionEnabled: false,
    userZoomingEnabled: false,
    pixelRatio: 'auto',
    minZoom: 0.05,
    maxZoom: 3,
  });
  cy.on('tap', 'node', ({ target }) => {
    const node = graph.nodes[Number(target.id())];
    if (node !== undefined) chosen(node);
  });
  return cy;
}

/** Pixels around the drawing. */
const MARGIN = 24;
const TALLEST = 760;
const LOWEST = 220;

/** Shows the drawing as large as is readable: its whole width from the top, in as much height as that takes. */
export function showFromTop(cy: Core, container: HTMLElement): void {
  const { w, h, x1, y1 } = cy.elements().boundingBox();
  const zoom = Math.min(1.1, Math.max(0.5, (cy.width() - 2 * MARGIN) / w));
  const height = Math.min(TALLEST, Math.max(LOWEST, h * zoom + 2 * MARGIN));
  container.style.height = `${height}px`;
  cy.resize();
  const room = { x: (cy.width() - w * zoom) / 2, y: (height - h * zoom) / 2 };
  cy.viewport({
    zoom,
    pan: { x: Math.max(MARGIN, room.x) - x1 * zoom, y: Math.max(MARGIN, room.y) - y1 * zoom },
  });
}

function elementsOf(
  graph: IdentityGraph,
  { nodes, edges }: Part,
  places: ReadonlyMap<number, Place>,
  worst: Drawing['worst'],
  focus: string,
  large: boolean,
): ElementDefinition[] {
  const drawn = nodes.flatMap((index): ElementDefinition[] => {
    const node = graph.nodes[index];
    const position = places.get(index);
    if (node === undefined || position === undefined) return [];
    const severity = node.kind === 'privilege' ? null : worst(node.name);
    const classes = [
      node.kind,
      node.name === focus ? 'focus' : '',
      severity ?? '',
      node.kind === 'privilege' ? `grade-${node.grade ?? 'unknown'}` : '',
    ];
    return [
      {
        data: { id: String(index), label: large ? cut(node.label) : node.label },
        position: { ...position },
        classes,
      },
    ];
  });
  const lines = edges.map(({ from, to, way, state }): ElementDefinition => {
    return {
      data: { id: `${from} ${to} ${way}`, source: String(from), target: String(to) },
      classes: [way, state],
    };
  });
  return [...drawn, ...lines];
}

function cut(label: string): string {
  return label.length <= SHORT ? label : `${label.slice(0, SHORT)}…`;
}
