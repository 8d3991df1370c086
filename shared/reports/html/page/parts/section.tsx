import type { ComponentChildren } from 'preact';

interface PartProps {
  readonly title: string;
  readonly level: 3 | 4 | 5;
  readonly children: ComponentChildren;
}

/** A heading of the level that fits its surroundings, and what is under it. */
export function Part({ title, level, children }: PartProps) {
  const Heading = `h${level}` as const;
  return (
    <section class="part">
      <Heading>{title}</Heading>
      {children}
    </section>
  );
}
