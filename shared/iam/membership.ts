import type { StringTest } from './glob.ts';

/** Lists up to this length are searched faster than hashed, and take a fraction of the memory. */
const SHORT = 8;

/** Whether a text is one of a fixed list: an audit holds tens of thousands of lists, nearly all of one text. */
export function membership(texts: readonly string[]): StringTest {
  const [only] = texts;
  if (only === undefined) return () => false;
  if (texts.length === 1) return (text) => text === only;
  if (texts.length <= SHORT) return (text) => texts.includes(text);
  const set = new Set(texts);
  return (text) => set.has(text);
}
