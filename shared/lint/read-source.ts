import type { Located } from './located.ts';
import { readJson } from './read-json.ts';
import { readYaml } from './read-yaml.ts';
import { LARGEST_FILE, type SourceProblem, tooMuch } from './source-problem.ts';
import { isUnrendered } from './unparsed.ts';

/** How JSON begins, comments in front included, which YAML would take for text. */
const JSON_BEGINS = /^\uFEFF?\s*(?:[[{]|\/[/*])/;
/** What no YAML in flow style begins with. */
const ONLY_JSON = /^\uFEFF?\s*(?:\/[/*]|[[{]\s*(?:"|\/[/*]))/;

/** The documents of a file, or why it cannot be read. JSON is read as JSON; what is no JSON by its first sign is YAML. */
export function readSource(text: string): readonly Located[] | SourceProblem {
  if (text.length > LARGEST_FILE) return tooMuch(0, `It is longer than ${LARGEST_FILE} characters`);
  if (!JSON_BEGINS.test(text)) return readYaml(text);
  const json = readJson(text);
  if ('kind' in json) return [json];
  if (ONLY_JSON.test(text)) return json;
  // YAML in flow style begins like JSON, and so does a template in double braces.
  const yaml = readYaml(text);
  return !isProblem(yaml) || isUnrendered(text) ? yaml : json;
}

/** True for a problem, false for documents. */
export function isProblem(read: readonly Located[] | SourceProblem): read is SourceProblem {
  return !Array.isArray(read);
}
