/** What the forms and lines of the drawing mean. */
export function GraphLegend() {
  return (
    <ul class="legend" aria-label="Legend of the drawing">
      <li>
        <Line class="works" /> works
      </li>
      <li>
        <Line class="broken" dashes="5 3" /> broken
      </li>
      <li>
        <Line class="unknown" dashes="1.5 3" /> not known
      </li>
      <li>
        <Line class="works" width={2.5} /> by Pod Identity
      </li>
      <li>A border in the colour of a severity: open findings</li>
    </ul>
  );
}

function Line(props: { readonly class: string; readonly dashes?: string; readonly width?: number }) {
  return (
    <svg
      width="28"
      height="8"
      viewBox="0 0 28 8"
      aria-hidden="true"
      class={`legend-line legend-${props.class}`}
    >
      <path d="M0 4h28" stroke-width={props.width ?? 1.5} stroke-dasharray={props.dashes} />
    </svg>
  );
}
