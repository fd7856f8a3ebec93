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
