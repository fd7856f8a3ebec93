/** Checks untrusted JSON against the contract's generated schema. Accepts unknown fields, for newer senders. */
import { Validator, type Schema } from "@cfworker/json-schema";
import schema from "./contract.schema.gen.json";

type ShapeName = keyof (typeof schema)["$defs"];

const validators = new Map<ShapeName, Validator>();

/** Tell whether `value` has the named shape, narrowing its type. */
export function conforms<Shape>(name: ShapeName, value: unknown): value is Shape {
  return firstViolation(name, value) === null;
}

/** Give the first thing that is wrong with `value`, in words, or null. */
export function firstViolation(name: ShapeName, value: unknown): string | null {
  const { valid, errors } = validatorOf(name).validate(value);
  if (valid) return null;
  // The last error is the innermost: the one that names the field.
  const cause = errors.at(-1);
  return cause ? `${cause.instanceLocation}: ${cause.error}` : "does not have the expected shape";
}

function validatorOf(name: ShapeName): Validator {
  const known = validators.get(name);
  if (known) return known;
  const validator = new Validator({ $ref: `#/$defs/${name}`, $defs: schema.$defs } as unknown as Schema, "2020-12");
  validators.set(name, validator);
  return validator;
}
