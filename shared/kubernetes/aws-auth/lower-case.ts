/**
 * Lower case as Go's strings.ToLower makes it: character by character, without the rules of languages and of
 * neighbours that toLowerCase follows for İ and Σ.
 */
export function lowerCase(text: string): string {
  return /^[\0-\x7f]*$/.test(text)
    ? text.toLowerCase()
    : Array.from(text, (character) => (character === 'İ' ? 'i' : character.toLowerCase())).join('');
}
