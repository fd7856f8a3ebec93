/**
 * Small modules in the place of packages that wrap what only a device has, so that an app made with Expo's
 * own template runs unchanged. They offer what such templates use, in its plainest form.
 */

const EXPO = `
import { AppRegistry } from "react-native";
export function registerRootComponent(component) {
  AppRegistry.registerComponent("main", () => component);
}
`;

const STATUS_BAR = `
export function StatusBar() { return null; }
export function setStatusBarStyle() {}
export function setStatusBarHidden() {}
`;

/** A browser keeps its page inside the safe area by itself. */
const SAFE_AREA = `
import { createElement } from "react";
import { SafeAreaView, View } from "react-native";
const insets = { top: 0, right: 0, bottom: 0, left: 0 };
export { SafeAreaView };
export const SafeAreaProvider = (props) => createElement(View, { ...props, style: [{ flex: 1 }, props.style] });
export const useSafeAreaInsets = () => insets;
`;

export const STAND_INS: ReadonlyMap<string, string> = new Map([
  ["expo", EXPO],
  ["expo-status-bar", STATUS_BAR],
  ["react-native-safe-area-context", SAFE_AREA],
]);
