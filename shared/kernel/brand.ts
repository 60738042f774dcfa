declare const brand: unique symbol;

/** A type that only its parser can make: `Brand<string, 'Author'>` is no bare string. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
