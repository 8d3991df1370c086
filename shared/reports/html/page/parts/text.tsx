import { useState } from 'preact/hooks';

/** Text beyond this is shown when asked for. */
const LONG = 600;

/** A name or value as it is, kept apart from the direction of the text around it; a very long one is cut until asked for. */
export function Mono({ text }: { readonly text: string }) {
  return (
    <code>
      <Long text={text} />
    </code>
  );
}

/** Text of strangers, cut where it is very long, with a button for the rest. */
export function Long({ text }: { readonly text: string }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= LONG) return <bdi>{text}</bdi>;
  return (
    <>
      <bdi>{whole ? text : `${text.slice(0, LONG)}…`}</bdi>{' '}
      <button type="button" class="more" onClick={() => setWhole(!whole)}>
        {whole ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
      </button>
    </>
  );
}
