import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';

/** Text beyond this is shown when asked for. */
const LONG = 600;

/** True where nobody can ask, on paper: then long texts are whole, up to what one name may be. */
export const OnPaper = createContext(false);

const LONGEST_ON_PAPER = 20_000;

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
  const onPaper = useContext(OnPaper);
  if (text.length <= (onPaper ? LONGEST_ON_PAPER : LONG)) return <bdi>{text}</bdi>;
  if (onPaper) return <bdi>{text.slice(0, LONGEST_ON_PAPER)} […]</bdi>;
  return (
    <>
      <bdi>{whole ? text : `${text.slice(0, LONG)}…`}</bdi>{' '}
      <button type="button" class="more" onClick={() => setWhole(!whole)}>
        {whole ? 'Show less' : `Show all ${text.length.toLocaleString('en')} characters`}
      </button>
    </>
  );
}
