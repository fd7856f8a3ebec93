/** React Native apps that the phone tests show. */
import type { Files } from "./project.ts";

export const NATIVE_APP: Files = {
  "App.tsx": `
import { useState } from "react";
import { FlatList, Pressable, Text, TextInput, View } from "react-native";
import { greet } from "./greet";

export default function App() {
  const [name, setName] = useState("");
  const [greetings, setGreetings] = useState<string[]>([]);
  return (
    <View nativeID="screen" style={{ flex: 1 }}>
      <TextInput value={name} onChangeText={setName} />
      <Pressable onPress={() => setGreetings([...greetings, greet(name)])}><Text>Greet</Text></Pressable>
      <FlatList data={greetings} renderItem={({ item }) => <Text>{item}</Text>} />
    </View>
  );
}
`,
  "greet.ios.ts": "export const greet = (name: string) => `Hello, ${name}`;",
  "greet.ts": "export const greet = () => `wrong platform`;",
};

/** The entry and the screen of Expo's blank template, as far as they matter here. */
export const EXPO_APP: Files = {
  "package.json": `{ "main": "index.ts", "dependencies": { "expo": "~55.0.0", "expo-status-bar": "~3.0.0" } }`,
  "index.ts": `import { registerRootComponent } from "expo";\nimport App from "./App";\nregisterRootComponent(App);\n`,
  "App.tsx": `
import { StatusBar } from "expo-status-bar";
import { StyleSheet, Text, View } from "react-native";
import { SafeAreaProvider, useSafeAreaInsets } from "react-native-safe-area-context";

function Screen() {
  const { top } = useSafeAreaInsets();
  return <Text style={{ marginTop: top }}>Open up App.tsx to start working on your app!</Text>;
}

export default function App() {
  return (
    <SafeAreaProvider>
      <View style={styles.container}><Screen /><StatusBar style="auto" /></View>
    </SafeAreaProvider>
  );
}

const styles = StyleSheet.create({ container: { flex: 1, alignItems: "center", justifyContent: "center" } });
`,
};

const PIXEL =
  "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' height='8'/></svg>";

/** A static site of four pages: beside each other, in folders, with addresses relative to each. */
export const SITE: Files = {
  "index.html": `<title>Home</title><h1>Home</h1>
    <a href="about.html?from=home#team">About</a> <a href="blog/">Blog</a> <a href="/index.html#end">End</a>
    <a href="gone.html">Gone</a><div style="height: 3000px"></div><h2 id="end">The end</h2>`,
  "about.html": `<title>About</title><link rel="stylesheet" href="site.css"><h1>About</h1>
    <p id="query"></p><div style="height: 3000px"></div><h2 id="team">Team</h2>
    <script>query.textContent = location.search</script>`,
  "site.css": "h1 { color: rgb(1, 2, 3) }",
  "blog/index.html": `<title>Blog</title><h1>Blog</h1><img src="img/pixel.svg"><a href="first">First post</a>`,
  "blog/img/pixel.svg": PIXEL,
  "blog/first.html": `<h1>First post</h1><a href="../">Home</a>
    <script type="module">import { count } from "../count.js"; document.body.dataset.count = count;</script>`,
  "count.js": "export const count = 7;",
  "broken.html": "<script>const = 1;</script>",
};

/** A web app that gathers its parts by patterns, in all the ways that Vite has for it. */
export const GATHERING: Files = {
  "index.html": `<pre></pre><script type="module" src="/src/main.ts"></script>`,
  "src/main.ts": `
const whole = import.meta.glob<{ name: string }>("./pages/**/*.ts", { eager: true });
const lazy = import.meta.glob(['./pages/*.{ts,js}', "!**/about.*"], { import: "default" });
const texts = import.meta.glob("/notes/[ab].md", {
  query: "?raw", import: 'default', eager: true, // the text
});
const urls = import.meta.glob("../notes/*.svg", { as: "url", eager: true });
const none = import.meta.glob("./nothing/*.ts");
const loaded = await Promise.all(Object.entries(lazy).map(async ([name, load]) => [name, await load()]));
document.querySelector("pre")!.textContent = JSON.stringify({
  whole: Object.entries(whole).map(([name, module]) => [name, module.name]),
  loaded, texts, urls: Object.entries(urls).map(([name, url]) => [name, url.slice(0, 5)]), none,
});`,
  "src/pages/home.ts": `export const name = "home"; export default "HOME";`,
  "src/pages/about.ts": `export const name = "about"; export default "ABOUT";`,
  "src/pages/deep/er.ts": `export const name = "deeper";`,
  "src/pages/old.js": `export default "OLD";`,
  "src/pages/.hidden.ts": "throw new Error();",
  "notes/a.md": "# A",
  "notes/b.md": "# B",
  "notes/c.md": "# C",
  "notes/pixel.svg": PIXEL,
};
