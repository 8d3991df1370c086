import { isCollection, parseDocument } from 'yaml';
import type { Waiver } from './waiver.ts';

/**
 * The text of a file of waivers with one more at its end; comments, order and layout of the others stay. An empty text
 * becomes a file. The text has to be one that `readWaivers` takes.
 */
export function addWaiver(text: string, waiver: Waiver): string {
  const document = parseDocument(text.trim() === '' ? 'waivers: []\n' : text);
  const list = document.get('waivers');
  if (isCollection(list)) list.flow = false;
  if (list === undefined || list === null) document.set('waivers', document.createNode([waiver]));
  else document.addIn(['waivers'], document.createNode(waiver));
  return document.toString({ lineWidth: 0 });
}
