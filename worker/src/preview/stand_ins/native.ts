/** Stand-ins for packages of React Native's community. */
import type { StandIn } from "./stand_ins.ts";

/** A browser keeps its page inside the safe area by itself. */
const SAFE_AREA = `
import { createContext, createElement } from "react";
import { SafeAreaView, View } from "react-native";
const insets = { top: 0, right: 0, bottom: 0, left: 0 };
const frame = () => ({ x: 0, y: 0, width: window.innerWidth, height: window.innerHeight });
export { SafeAreaView };
export const SafeAreaInsetsContext = createContext(insets);
export const SafeAreaProvider = (props) => createElement(View, { ...props, style: [{ flex: 1 }, props.style] });
export const useSafeAreaInsets = () => insets;
export const useSafeAreaFrame = frame;
export const initialWindowMetrics = { insets, frame: frame() };
`;

const ASYNC_STORAGE = `
const PREFIX = "async-storage:";
const keys = () => Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at))
  .filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
const get = (key) => localStorage.getItem(PREFIX + key);
const set = (key, value) => { localStorage.setItem(PREFIX + key, value); };
const remove = (key) => { localStorage.removeItem(PREFIX + key); };
const AsyncStorage = {
  getItem: async (key) => get(key),
  setItem: async (key, value) => set(key, value),
  removeItem: async (key) => remove(key),
  mergeItem: async (key, value) => set(key, JSON.stringify({ ...JSON.parse(get(key) ?? "{}"), ...JSON.parse(value) })),
  getAllKeys: async () => keys(),
  multiGet: async (wanted) => wanted.map((key) => [key, get(key)]),
  multiSet: async (pairs) => { for (const [key, value] of pairs) set(key, value); },
  multiRemove: async (wanted) => { wanted.forEach(remove); },
  clear: async () => { keys().forEach(remove); },
};
export default AsyncStorage;
export const useAsyncStorage = (key) => ({
  getItem: () => AsyncStorage.getItem(key),
  setItem: (value) => AsyncStorage.setItem(key, value),
  removeItem: () => AsyncStorage.removeItem(key),
});
`;

/** The first screen of the Community CLI's template, whose own package is written in Flow. */
const NEW_APP_SCREEN = `
import { createElement } from "react";
import { ScrollView, StyleSheet, Text, View } from "react-native";
const styles = StyleSheet.create({
  page: { flexGrow: 1, justifyContent: "center", padding: 24, gap: 12 },
  title: { fontSize: 24, fontWeight: "700", textAlign: "center" },
  text: { fontSize: 16, textAlign: "center" },
});
export function NewAppScreen({ templateFileName = "App.tsx", safeAreaInsets }) {
  return createElement(ScrollView, { contentContainerStyle: [styles.page, { paddingTop: safeAreaInsets?.top ?? 0 }] },
    createElement(View, null,
      createElement(Text, { style: styles.title }, "Welcome to React Native"),
      createElement(Text, { style: styles.text }, "Open " + templateFileName + " to get started")));
}
`;

/** Only the view around an app: what recognises gestures would do nothing, and saying so is better. */
const GESTURE_HANDLER = `
import { createElement } from "react";
import { View } from "react-native";
export const GestureHandlerRootView = (props) => createElement(View, { ...props, style: [{ flex: 1 }, props.style] });
export const gestureHandlerRootHOC = (component) => component;
export { FlatList, Pressable, ScrollView, Switch, TextInput, TouchableHighlight, TouchableOpacity,
  TouchableWithoutFeedback } from "react-native";
`;

export const NATIVE_STAND_INS: Readonly<Record<string, StandIn>> = {
  "react-native-safe-area-context": {
    instead: "the browser keeps the page inside the safe area, so all insets are 0",
    code: SAFE_AREA,
  },
  "@react-native-async-storage/async-storage": {
    instead: "values last until the preview is closed",
    code: ASYNC_STORAGE,
  },
  "@react-native/assets-registry/registry": {
    instead: "a required picture is its address already",
    code: "export const registerAsset = () => 0;\nexport const getAssetByID = () => undefined;",
  },
  "@react-native/new-app-screen": { instead: "a plain welcome is shown", code: NEW_APP_SCREEN },
  "react-native-gesture-handler": {
    instead: "the root view and React Native's own touchables are there, gestures are not",
    code: GESTURE_HANDLER,
  },
};
