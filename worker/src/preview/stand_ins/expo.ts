/** Stand-ins for Expo's own packages. */
import type { StandIn } from "./stand_ins.ts";

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
export function setStatusBarBackgroundColor() {}
export function setStatusBarTranslucent() {}
`;

const SPLASH_SCREEN = `
export async function preventAutoHideAsync() { return true; }
export async function hideAsync() { return true; }
export function hide() {}
export function setOptions() {}
`;

/** A font is required as an asset, whose module gives its address. */
const FONT = `
import { useEffect, useState } from "react";
const loaded = new Set();
const addressOf = (source) => (typeof source === "string" ? source : source?.default ?? source?.uri);
export async function loadAsync(fonts, source) {
  const wanted = typeof fonts === "string" ? { [fonts]: source } : fonts;
  await Promise.all(Object.entries(wanted).map(async ([name, font]) => {
    if (loaded.has(name)) return;
    document.fonts.add(await new FontFace(name, "url(" + JSON.stringify(addressOf(font)) + ")").load());
    loaded.add(name);
  }));
}
export const isLoaded = (name) => loaded.has(name);
export const isLoading = () => false;
export function useFonts(fonts) {
  const [state, setState] = useState([false, null]);
  useEffect(() => {
    loadAsync(fonts).then(() => setState([true, null]), (error) => setState([false, error]));
  }, []);
  return state;
}
export const FontDisplay = { AUTO: "auto", BLOCK: "block", SWAP: "swap", FALLBACK: "fallback", OPTIONAL: "optional" };
`;

const ASSET = `
import { useState } from "react";
const addressOf = (source) => (typeof source === "string" ? source : source?.uri ?? source?.default ?? "");
export class Asset {
  constructor(source) {
    this.uri = this.localUri = addressOf(source);
    this.width = source?.width ?? null;
    this.height = source?.height ?? null;
    this.downloaded = true;
  }
  static fromModule(source) { return new Asset(source); }
  static fromURI(uri) { return new Asset(uri); }
  static async loadAsync(sources) { return [sources].flat().map((source) => new Asset(source)); }
  async downloadAsync() { return this; }
}
export function useAssets(sources) {
  return useState(() => [[sources].flat().map((source) => new Asset(source)), undefined])[0];
}
`;

const CONSTANTS = `
export const ExecutionEnvironment = { Bare: "bare", Standalone: "standalone", StoreClient: "storeClient" };
export const AppOwnership = { Expo: "expo" };
const Constants = {
  appOwnership: null,
  executionEnvironment: ExecutionEnvironment.Bare,
  expoConfig: { name: document.title, slug: "preview", extra: {} },
  manifest: null,
  deviceName: "HiveSync preview",
  isDevice: true,
  platform: { web: {} },
  sessionId: "preview",
  statusBarHeight: 0,
  systemFonts: [],
};
export default Constants;
`;

const LINKING = `
import { useState } from "react";
import { Linking } from "react-native";
export const createURL = (path = "") => "exp://preview/--/" + String(path).replace(/^[/]+/, "");
export const openURL = (url) => Linking.openURL(url);
export const canOpenURL = (url) => Linking.canOpenURL(url);
export const openSettings = async () => {};
export const getInitialURL = async () => null;
export const addEventListener = () => ({ remove() {} });
export const useURL = () => useState(null)[0];
export const useLinkingURL = useURL;
export function parse(url) {
  const { hostname, pathname, searchParams, protocol } = new URL(url);
  return { scheme: protocol.slice(0, -1), hostname, path: pathname.slice(1), queryParams: Object.fromEntries(searchParams) };
}
`;

const HAPTICS = `
export const ImpactFeedbackStyle = { Light: "light", Medium: "medium", Heavy: "heavy", Soft: "soft", Rigid: "rigid" };
export const NotificationFeedbackType = { Success: "success", Warning: "warning", Error: "error" };
const buzz = async (milliseconds) => { navigator.vibrate?.(milliseconds); };
export const impactAsync = () => buzz(20);
export const notificationAsync = () => buzz([20, 40, 20]);
export const selectionAsync = () => buzz(10);
`;

const IMAGE = `
import { createElement } from "react";
import { Image as NativeImage, ImageBackground as NativeBackground } from "react-native";
const MODES = { cover: "cover", contain: "contain", fill: "stretch", none: "center", "scale-down": "contain" };
const native = ({ source, contentFit = "cover", alt, placeholder, transition, cachePolicy, contentPosition, ...rest }) => ({
  ...rest,
  source: typeof source === "string" ? { uri: source } : [source].flat()[0],
  resizeMode: MODES[contentFit],
  accessibilityLabel: rest.accessibilityLabel ?? alt,
});
export const Image = (props) => createElement(NativeImage, native(props));
export const ImageBackground = (props) => createElement(NativeBackground, native(props));
Image.prefetch = async () => true;
Image.clearDiskCache = Image.clearMemoryCache = async () => true;
`;

const LINEAR_GRADIENT = `
import { createElement } from "react";
import { View } from "react-native";
const point = (value, fallback) => Array.isArray(value) ? value : value ? [value.x, value.y] : fallback;
export function LinearGradient({ colors, locations, start, end, style, ...rest }) {
  const [x0, y0] = point(start, [0.5, 0]);
  const [x1, y1] = point(end, [0.5, 1]);
  const degrees = (Math.atan2(x1 - x0, y0 - y1) * 180) / Math.PI;
  const stops = colors.map((color, at) => color + (locations?.[at] == null ? "" : " " + locations[at] * 100 + "%"));
  const backgroundImage = "linear-gradient(" + degrees + "deg, " + stops.join(", ") + ")";
  return createElement(View, { ...rest, style: [{ backgroundImage }, style] });
}
`;

const WEB_BROWSER = `
import { Linking } from "react-native";
export const WebBrowserResultType = { CANCEL: "cancel", DISMISS: "dismiss", OPENED: "opened" };
export async function openBrowserAsync(url) { await Linking.openURL(url); return { type: "opened" }; }
export const dismissBrowser = async () => ({ type: "dismiss" });
export const maybeCompleteAuthSession = () => ({ type: "failed", message: "not in a preview" });
`;

const CLIPBOARD = `
let held = "";
export async function setStringAsync(text) {
  held = text;
  await navigator.clipboard?.writeText(text).catch(() => undefined);
  return true;
}
export const getStringAsync = async () => held;
export const hasStringAsync = async () => held !== "";
`;

const SECURE_STORE = `
const held = new Map();
export const getItemAsync = async (key) => held.get(key) ?? null;
export const setItemAsync = async (key, value) => { held.set(key, value); };
export const deleteItemAsync = async (key) => { held.delete(key); };
export const getItem = (key) => held.get(key) ?? null;
export const setItem = (key, value) => { held.set(key, value); };
export const isAvailableAsync = async () => true;
`;

const DEVICE = `
export const DeviceType = { UNKNOWN: 0, PHONE: 1, TABLET: 2, DESKTOP: 3, TV: 4 };
export const isDevice = true;
export const brand = null;
export const manufacturer = null;
export const modelName = "HiveSync preview";
export const osName = "web";
export const osVersion = null;
export const deviceName = null;
export const deviceType = DeviceType.PHONE;
`;

/** The icon fonts are megabytes; a box of the icon's size keeps the layout and says its name. */
const VECTOR_ICONS = `
import { createElement } from "react";
import { View } from "react-native";
function Icon({ name, size = 24, color = "#888", style, accessibilityLabel }) {
  const box = { width: size, height: size, borderRadius: size / 4, borderWidth: Math.max(1, size / 12), borderColor: color };
  return createElement(View, { style: [box, style], accessibilityRole: "img", accessibilityLabel: accessibilityLabel ?? String(name) });
}
Icon.font = {};
Icon.glyphMap = {};
Icon.loadFont = async () => {};
export default Icon;
export { Icon as AntDesign, Icon as Entypo, Icon as EvilIcons, Icon as Feather, Icon as FontAwesome,
  Icon as FontAwesome5, Icon as FontAwesome6, Icon as Fontisto, Icon as Foundation, Icon as Ionicons,
  Icon as MaterialCommunityIcons, Icon as MaterialIcons, Icon as Octicons, Icon as SimpleLineIcons, Icon as Zocial };
export const createIconSet = () => Icon;
export const createIconSetFromIcoMoon = () => Icon;
`;

const ICONS: StandIn = { instead: "icons are boxes of their size and colour", code: VECTOR_ICONS };
const ICON_SETS = ["AntDesign", "Feather", "FontAwesome", "FontAwesome5", "FontAwesome6", "Ionicons"];
const MORE_ICON_SETS = ["Entypo", "MaterialCommunityIcons", "MaterialIcons", "Octicons", "SimpleLineIcons"];

export const EXPO_STAND_INS: Readonly<Record<string, StandIn>> = {
  expo: { instead: "only registerRootComponent is there", code: EXPO },
  "expo-status-bar": { instead: "the phone's own status bar stays as it is", code: STATUS_BAR },
  "expo-splash-screen": { instead: "there is no splash screen", code: SPLASH_SCREEN },
  "expo-font": { instead: "fonts are loaded by the browser", code: FONT },
  "expo-asset": { instead: "assets are always at hand", code: ASSET },
  "expo-constants": { instead: "the values are those of a preview", code: CONSTANTS },
  "expo-linking": { instead: "links open in the browser, and none leads into the app", code: LINKING },
  "expo-haptics": { instead: "the browser vibrates where it can", code: HAPTICS },
  "expo-image": { instead: "React Native's own Image is shown", code: IMAGE },
  "expo-linear-gradient": { instead: "CSS draws the gradient", code: LINEAR_GRADIENT },
  "expo-web-browser": { instead: "pages open in the browser itself", code: WEB_BROWSER },
  "expo-clipboard": { instead: "what is read is what the app copied", code: CLIPBOARD },
  "expo-secure-store": { instead: "values last until the preview is closed", code: SECURE_STORE },
  "expo-device": { instead: "the values are those of a preview", code: DEVICE },
  "@expo/vector-icons": ICONS,
  ...Object.fromEntries([...ICON_SETS, ...MORE_ICON_SETS].map((set) => [`@expo/vector-icons/${set}`, ICONS])),
};
