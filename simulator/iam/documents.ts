/** A policy document as IAM's responses carry it: percent-encoded after RFC 3986. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Length as IAM counts it, without whitespace outside strings.
 * Source: IAM user guide, "IAM and AWS STS quotas": white space is not counted.
 */
export function countedLength(text: string): number {
  try {
    return JSON.stringify(JSON.parse(text)).length;
  } catch {
    return text.length;
  }
}
