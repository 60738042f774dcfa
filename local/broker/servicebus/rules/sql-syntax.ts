import type { SystemPropertyName } from './system-properties.ts';

/** Names a property of a message. */
export type PropertyReference =
  | { readonly scope: 'sys'; readonly name: SystemPropertyName }
  | { readonly scope: 'user'; readonly name: string };

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '=' | '<>' | '>' | '>=' | '<' | '<=';

/** An expression that has a value. */
export type SqlValue =
  | { readonly kind: 'literal'; readonly value: string | bigint | number | boolean | null }
  | { readonly kind: 'property'; readonly property: PropertyReference }
  | { readonly kind: 'propertyNamed'; readonly name: SqlValue }
  | { readonly kind: 'newId' }
  | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly operand: SqlValue }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: SqlValue;
      readonly right: SqlValue;
    };

/** An expression that is true, false or unknown. */
export type SqlPredicate =
  | { readonly kind: 'not'; readonly operand: SqlPredicate }
  | { readonly kind: 'and'; readonly left: SqlPredicate; readonly right: SqlPredicate }
  | { readonly kind: 'or'; readonly left: SqlPredicate; readonly right: SqlPredicate }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: SqlValue;
      readonly right: SqlValue;
    }
  | { readonly kind: 'isNull'; readonly property: PropertyReference }
  | { readonly kind: 'exists'; readonly property: PropertyReference }
  | { readonly kind: 'in'; readonly operand: SqlValue; readonly list: readonly SqlValue[] }
  | {
      readonly kind: 'like';
      readonly operand: SqlValue;
      readonly pattern: SqlValue;
      readonly escape: SqlValue | undefined;
    };

/** One statement of a rule action. */
export type SqlStatement =
  | { readonly kind: 'set'; readonly property: PropertyReference; readonly value: SqlValue }
  | { readonly kind: 'remove'; readonly property: PropertyReference };
