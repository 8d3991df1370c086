/** Without line breaks, control, direction and invisible characters: text from strangers cannot pretend to be ours. */
export function plain(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** At most `longest` UTF-16 units and a mark that something was left out; never half of a surrogate pair. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text.toWellFormed();
  const last = text.charCodeAt(longest - 1);
  const half = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, half ? longest - 1 : longest).toWellFormed()} […]`;
}
