import dagre from '@dagrejs/dagre';
import cytoscape, { type Core, type ElementDefinition, type StylesheetJson } from 'cytoscape';
import type { Severity } from '../../../../findings/finding.ts';
import type { GraphNode, IdentityGraph } from '../../data.ts';
import { columns, type Place } from './columns.ts';
import { MOST_DRAWN, type Part } from './neighbourhood.ts';

const WIDTH = 210;
const HEIGHT = 28;

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
  const cy = cytoscape({
    container,
    elements: elementsOf(graph, part, places, worst, focus),
    layout: { name: 'preset' },
    style: styleFor(container),
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

type Places = ReadonlyMap<number, Place>;

/** Layers with few crossings; where that would take longer than a reader waits, columns. */
function placesOf(graph: IdentityGraph, part: Part): Places {
  const { nodes, edges } = part;
  if (nodes.length > MOST_DRAWN) return columns(graph, part, { across: WIDTH + 100, down: HEIGHT + 8 });
  const layout = new dagre.graphlib.Graph();
  layout.setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 80, ranker: 'network-simplex' });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const index of nodes) layout.setNode(String(index), { width: WIDTH, height: HEIGHT });
  for (const { from, to } of edges) layout.setEdge(String(from), String(to));
  dagre.layout(layout);
  return new Map(
    nodes.map((index) => {
      const { x, y } = layout.node(String(index));
      return [index, { x, y }];
    }),
  );
}

function elementsOf(
  graph: IdentityGraph,
  { nodes, edges }: Part,
  places: Places,
  worst: Drawing['worst'],
  focus: string,
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
    return [{ data: { id: String(index), label: node.label }, position: { ...position }, classes }];
  });
  const lines = edges.map(({ from, to, way, state }): ElementDefinition => {
    return {
      data: { id: `${from} ${to} ${way}`, source: String(from), target: String(to) },
      classes: [way, state],
    };
  });
  return [...drawn, ...lines];
}

/** The colours of the page, as they are in the theme that is on. */
function styleFor(container: HTMLElement): StylesheetJson {
  const computed = getComputedStyle(container);
  const probe = document.createElement('span');
  container.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    text: colour('text'),
    surface: colour('surface'),
    line: colour('graph-line'),
    accent: colour('accent'),
    onAccent: colour('on-accent'),
    muted: colour('muted'),
  };
  const severities = ['critical', 'high', 'medium', 'low', 'info'].map(
    (severity): StylesheetJson[number] => ({
      selector: `node.${severity}`,
      style: { 'border-color': colour(severity), 'border-width': 2 },
    }),
  );
  const grades = (
    [
      ['admin', 'critical'],
      ['escalation', 'high'],
      ['data', 'medium'],
      ['limited', 'low'],
      ['none', 'info'],
      ['unknown', 'info'],
    ] as const
  ).map(([grade, severity]): StylesheetJson[number] => ({
    selector: `node.grade-${grade}`,
    style: {
      'background-color': colour(`${severity}-soft`),
      'border-color': colour(severity),
      color: colour(severity),
    },
  }));
  const style: StylesheetJson = [
    {
      selector: 'node',
      style: {
        shape: 'round-rectangle',
        width: WIDTH,
        height: HEIGHT,
        label: 'data(label)',
        'font-family': computed.fontFamily,
        'font-size': 12,
        color: colours.text,
        'text-valign': 'center',
        'text-halign': 'center',
        'text-wrap': 'ellipsis',
        'text-max-width': `${WIDTH - 20}px`,
        'background-color': colours.surface,
        'border-width': 1,
        'border-color': colours.line,
      },
    },
    {
      selector: 'node.cluster',
      style: { 'background-color': colours.accent, color: colours.onAccent, 'font-weight': 600 },
    },
    { selector: 'node.role', style: { shape: 'cut-rectangle' } },
    { selector: 'node.pattern', style: { 'border-style': 'dashed', 'font-style': 'italic' } },
    { selector: 'node.privilege', style: { 'font-weight': 600 } },
    {
      selector: 'edge',
      style: {
        width: 1.2,
        'curve-style': 'round-taxi',
        'taxi-direction': 'rightward',
        'taxi-radius': 8,
        'line-color': colours.line,
        'target-arrow-color': colours.line,
        'target-arrow-shape': 'triangle',
        'arrow-scale': 0.7,
      },
    },
    { selector: 'edge.pod-identity', style: { width: 2.2 } },
    {
      selector: 'edge.broken',
      style: {
        'line-style': 'dashed',
        'line-color': colour('critical'),
        'target-arrow-color': colour('critical'),
      },
    },
    {
      selector: 'edge.unknown',
      style: {
        'line-style': 'dotted',
        'line-color': colour('medium'),
        'target-arrow-color': colour('medium'),
      },
    },
    ...severities,
    ...grades,
    { selector: 'node.focus', style: { 'border-width': 3, 'border-color': colours.accent } },
  ];
  probe.remove();
  return style;
}
