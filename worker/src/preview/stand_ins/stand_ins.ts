/**
 * Small modules in the place of packages that wrap what only a device has, so that an app made with Expo's
 * own template runs unchanged. They offer what such apps use most, in its plainest form, and each use of one
 * is told as a warning that says what it does instead.
 */
import { EXPO_STAND_INS } from "./expo.ts";
import { NATIVE_STAND_INS } from "./native.ts";

export interface StandIn {
  /** What a preview does instead, for people. */
  readonly instead: string;
  readonly code: string;
}

export const STAND_INS: ReadonlyMap<string, StandIn> = new Map(
  Object.entries({ ...EXPO_STAND_INS, ...NATIVE_STAND_INS }),
);

/** Tell whether ours is taken even if the package is installed: its code asks for a native half. */
export function standsInAlways(name: string): boolean {
  return STAND_INS.has(name) && name !== "react-native-safe-area-context";
}
