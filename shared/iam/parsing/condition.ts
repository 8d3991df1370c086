import { ARN_PARTS, splitArn } from '../arn.ts';
import { readBase64 } from '../conditions/binary.ts';
import { readBoolean } from '../conditions/bool.ts';
import { readDate } from '../conditions/date.ts';
import { readRange } from '../conditions/ip-address.ts';
import { isNumber } from '../conditions/numeric.ts';
import type { Condition, OperatorName, PolicyVersion } from '../policy.ts';
import { hasVariable } from '../variables.ts';
import { isObject, type Member } from './members.ts';
import { readOperator } from './operator.ts';
import { child, kindOf, quote, type Report, usualChild } from './report.ts';
import { isTexts } from './strings.ts';

/** Reads a `Condition` block: one condition per operator and key. */
export function readConditions(member: Member, version: PolicyVersion, report: Report): Condition[] {
  const { value, pointer } = member;
  if (!isObject(value)) {
    report.refuse('wrong-type', pointer, `Condition must be an object of operators, not ${kindOf(value)}.`);
    return [];
  }
  const conditions: Condition[] = [];
  const operators = Object.keys(value);
  report.countMembers(operators.length);
  for (const written of operators) {
    readOperatorBlock(written, value[written], pointer, version, report, conditions);
  }
  return conditions;
}

function readOperatorBlock(
  written: string,
  block: unknown,
  parent: string,
  version: PolicyVersion,
  report: Report,
  conditions: Condition[],
): void {
  const pointer = usualChild(parent, written);
  if (!isObject(block)) {
    const message = `${quote(written)} must hold an object of condition keys, not ${kindOf(block)}.`;
    report.refuse('wrong-type', pointer, message);
    return;
  }
  const keys = Object.keys(block);
  report.countMembers(keys.length);
  // IAM stores an operator without keys, whatever its name; it asks for nothing.
  if (keys.length === 0) return;
  const operator = readOperator(written, pointer, report);
  if (operator === null) return;
  for (const key of keys) {
    const at = child(pointer, key);
    if (key.trim() !== key) {
      report.misread(
        'surrounding-whitespace',
        at,
        `The condition key ${quote(key)} has white space around it.`,
        'key',
      );
    }
    const value = block[key];
    const values = readValues(value, at, key, report);
    checkValues(operator.name, values, Array.isArray(value) ? at : null, version, report, at);
    conditions.push({ operator, key, values, pointer: at });
  }
}

/** Strings, numbers and booleans, one or a list of them. */
function readValues(value: unknown, pointer: string, key: string, report: Report): readonly string[] {
  if (typeof value === 'string') return [value];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && isTexts(list)) return list;
  if (list.length === 0) {
    report.misread(
      'no-values',
      pointer,
      `${quote(key)} is compared with no value at all, so nothing matches it.`,
    );
  }
  const texts: string[] = [];
  for (const [index, item] of list.entries()) {
    const at = Array.isArray(value) ? child(pointer, index) : pointer;
    if (typeof item === 'string') texts.push(item);
    else if (typeof item === 'boolean' || typeof item === 'number') {
      texts.push(JSON.stringify(item));
      if (typeof item === 'number' && Number.isInteger(item) && !Number.isSafeInteger(item)) {
        report.misread('imprecise-number', at, 'A number this long loses digits; write it as a string.');
      }
    } else {
      const message = `A condition value must be a string, a number or a boolean, not ${kindOf(item)}.`;
      report.refuse('wrong-type', at, message);
    }
  }
  return texts;
}

/** Values that IAM stores and that cannot do what they seem to. */
function checkValues(
  name: OperatorName,
  values: readonly string[],
  list: string | null,
  version: PolicyVersion,
  report: Report,
  single: string,
): void {
  for (const [index, text] of values.entries()) {
    if (isPlain(name, text)) continue;
    const pointer = list === null ? single : child(list, index);
    const variable = takesVariables(name) && hasVariable(text);
    if (variable && version !== '2012-10-17') {
      const message = `${quote(text)} is taken literally: variables need "Version": "2012-10-17".`;
      report.misread('literal-variable', pointer, message);
    } else if (text.trim() !== text) {
      report.misread(
        'surrounding-whitespace',
        pointer,
        `${quote(text)} has white space around it, which is compared too.`,
      );
    } else if (!variable && !isReadable(name, text)) {
      report.misread(
        'unreadable-value',
        pointer,
        `${quote(text)} is no ${valueKind(name)}, so ${name} never matches it.`,
      );
    }
  }
}

/** The usual value: a string with nothing in it that could be mistaken. */
function isPlain(name: OperatorName, text: string): boolean {
  return name.startsWith('String') && text.trim() === text && !text.includes('${');
}

/** Variables work under the string, ARN and Boolean operators (IAM user guide, Reference: variables). */
function takesVariables(name: OperatorName): boolean {
  return name.startsWith('String') || name.startsWith('Arn') || name === 'Bool';
}

function isReadable(name: OperatorName, text: string): boolean {
  if (name.startsWith('String')) return true;
  if (name.startsWith('Arn')) return /^\*+$/.test(text) || splitArn(text).length === ARN_PARTS;
  if (name.startsWith('Numeric')) return isNumber(text);
  if (name.startsWith('Date')) return readDate(text) !== null;
  if (name === 'BinaryEquals') return readBase64(text) !== null;
  if (name === 'IpAddress' || name === 'NotIpAddress') return readRange(text) !== null;
  return readBoolean(text) !== null;
}

function valueKind(name: OperatorName): string {
  if (name.startsWith('Arn')) return 'ARN of six parts';
  if (name.startsWith('Numeric')) return 'number';
  if (name.startsWith('Date')) return 'date';
  if (name === 'BinaryEquals') return 'base64 text';
  return name.endsWith('IpAddress') ? 'IP address or range' : 'boolean';
}
