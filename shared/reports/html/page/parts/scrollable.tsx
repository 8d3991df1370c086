import type { ComponentChildren } from 'preact';

interface ScrollableProps {
  /** What it is, for readers of screens. */
  readonly label: string;
  readonly children: ComponentChildren;
}

/** Something wide that scrolls sideways, by the keyboard too. */
export function Scrollable({ label, children }: ScrollableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard (WCAG 2.1.1).
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
