import type { OperatorName } from '../policy.ts';
import { arnLike } from './arn.ts';
import { binaryEquals } from './binary.ts';
import { bool } from './bool.ts';
import * as date from './date.ts';
import { ipAddress } from './ip-address.ts';
import * as numeric from './numeric.ts';
import type { OperandCompiler } from './operand.ts';
import { stringEquals, stringEqualsIgnoreCase, stringLike } from './string.ts';

/** An operator that compares values; `negated` ones hold when none of the values matches. */
export interface Comparing {
  readonly kind: 'comparing';
  readonly negated: boolean;
  readonly operand: OperandCompiler;
}

/** The one operator that asks whether the key is there at all. */
export interface Presence {
  readonly kind: 'presence';
}

function holds(operand: OperandCompiler): Comparing {
  return { kind: 'comparing', negated: false, operand };
}

function holdsNot(operand: OperandCompiler): Comparing {
  return { kind: 'comparing', negated: true, operand };
}

/** Every condition operator of IAM, by its name without set qualifier and `IfExists`. */
export const OPERATORS: Readonly<Record<OperatorName, Comparing | Presence>> = {
  StringEquals: holds(stringEquals),
  StringNotEquals: holdsNot(stringEquals),
  StringEqualsIgnoreCase: holds(stringEqualsIgnoreCase),
  StringNotEqualsIgnoreCase: holdsNot(stringEqualsIgnoreCase),
  StringLike: holds(stringLike),
  StringNotLike: holdsNot(stringLike),
  NumericEquals: holds(numeric.numericEquals),
  NumericNotEquals: holdsNot(numeric.numericEquals),
  NumericLessThan: holds(numeric.numericLessThan),
  NumericLessThanEquals: holds(numeric.numericLessThanEquals),
  NumericGreaterThan: holds(numeric.numericGreaterThan),
  NumericGreaterThanEquals: holds(numeric.numericGreaterThanEquals),
  DateEquals: holds(date.dateEquals),
  DateNotEquals: holdsNot(date.dateEquals),
  DateLessThan: holds(date.dateLessThan),
  DateLessThanEquals: holds(date.dateLessThanEquals),
  DateGreaterThan: holds(date.dateGreaterThan),
  DateGreaterThanEquals: holds(date.dateGreaterThanEquals),
  Bool: holds(bool),
  BinaryEquals: holds(binaryEquals),
  IpAddress: holds(ipAddress),
  NotIpAddress: holdsNot(ipAddress),
  ArnEquals: holds(arnLike),
  ArnLike: holds(arnLike),
  ArnNotEquals: holdsNot(arnLike),
  ArnNotLike: holdsNot(arnLike),
  Null: { kind: 'presence' },
};
