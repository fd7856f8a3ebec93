/** Checks untrusted JSON against the contract's generated schema. Accepts unknown fields, for newer senders. */
import { Validator, type Schema } from "@cfworker/json-schema";
import type { AiDocsRequest, AiDocsResult, Job, PreviewClaims, SourceManifest } from "./contract.gen.ts";
import schema from "./contract.schema.gen.json";

/** What comes from outside and is believed only after a check. */
interface Shapes {
  readonly AiDocsRequest: AiDocsRequest;
  readonly AiDocsResult: AiDocsResult;
  readonly Job: Job;
  readonly PreviewClaims: PreviewClaims;
  readonly SourceManifest: SourceManifest;
}

/** The generated definitions, by name. */
export const DEFINITIONS = schema.$defs as unknown as Record<string, Schema>;
const validators = new Map<keyof Shapes, Validator>();

/** Tell whether `value` has the named shape, narrowing its type. */
export function conforms<Name extends keyof Shapes>(name: Name, value: unknown): value is Shapes[Name] {
  return firstViolation(name, value) === null;
}

/** Give the first thing that is wrong with `value`, in words, or null. */
export function firstViolation(name: keyof Shapes, value: unknown): string | null {
  const { valid, errors } = validatorOf(name).validate(value);
  if (valid) return null;
  // The last error is the innermost: the one that names the field.
  const cause = errors.at(-1);
  return cause ? `${cause.instanceLocation}: ${cause.error}` : "does not have the expected shape";
}

function validatorOf(name: keyof Shapes): Validator {
  const known = validators.get(name);
  if (known) return known;
  const validator = new Validator({ $ref: `#/$defs/${name}`, $defs: DEFINITIONS }, "2020-12");
  validators.set(name, validator);
  return validator;
}
