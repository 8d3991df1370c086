interface PagerProps {
  readonly page: number;
  readonly pages: number;
  readonly turn: (page: number) => void;
  /** What is paged, for readers of screens. */
  readonly what: string;
}

/** Forward and back through a long list; nothing for a short one. */
export function Pager({ page, pages, turn, what }: PagerProps) {
  if (pages <= 1) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" disabled={page <= 1} onClick={() => turn(page - 1)}>
        Previous page
      </button>
      <span aria-live="polite">
        Page {page.toLocaleString('en')} of {pages.toLocaleString('en')}
      </span>
      <button type="button" disabled={page >= pages} onClick={() => turn(page + 1)}>
        Next page
      </button>
    </nav>
  );
}
