import type { StylesheetJson } from 'cytoscape';
import { HEIGHT, WIDTH } from './layout.ts';

/**
 * How nodes and edges look, in the colours of the theme that is on. `large`: thousands are drawn, so that lines are
 * straight and labels are not measured one by one.
 */
export function styleFor(container: HTMLElement, large: boolean): StylesheetJson {
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
        'text-wrap': large ? 'none' : 'ellipsis',
        'min-zoomed-font-size': 5,
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
        'curve-style': large ? 'straight' : 'round-taxi',
        'taxi-direction': 'rightward',
        'taxi-radius': 8,
        'line-color': colours.line,
        'target-arrow-color': colours.line,
        'target-arrow-shape': large ? 'none' : 'triangle',
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
