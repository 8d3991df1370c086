import type { Located } from './located.ts';
import { readJson } from './read-json.ts';
import { readYaml } from './read-yaml.ts';
import { LARGEST_FILE, type SourceProblem, tooMuch } from './source-problem.ts';

/** The documents of a file, or why it cannot be read. JSON is read as JSON; what is no JSON by its first sign is YAML. */
export function readSource(text: string): readonly Located[] | SourceProblem {
  if (text.length > LARGEST_FILE) return tooMuch(0, `It is longer than ${LARGEST_FILE} characters`);
  if (!/^\uFEFF?\s*[[{]/.test(text)) return readYaml(text);
  const json = readJson(text);
  if ('kind' in json) return [json];
  // YAML in flow style begins like JSON.
  const yaml = /^\uFEFF?\s*[[{]\s*"/.test(text) ? json : readYaml(text);
  return Array.isArray(yaml) ? yaml : json;
}

/** True for a problem, false for documents. */
export function isProblem(read: readonly Located[] | SourceProblem): read is SourceProblem {
  return !Array.isArray(read);
}
