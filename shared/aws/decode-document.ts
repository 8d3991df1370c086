/**
 * A policy document as IAM returned it, URL-decoded (IAM API reference: documents are encoded by RFC 3986). Text that
 * is not encoded, or not decodable, stays as it is: broken documents matter.
 */
export function decodeDocument(text: string): string {
  if (/^\s*[{["]/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
