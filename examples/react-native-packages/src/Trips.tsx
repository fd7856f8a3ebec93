import { createNativeStackNavigator, type NativeStackScreenProps } from "@react-navigation/native-stack";
import { useQuery } from "@tanstack/react-query";
import { format } from "date-fns";
import { FlatList, Pressable, StyleSheet, Text, View } from "react-native";
import Svg, { Circle } from "react-native-svg";
import { useTrips } from "./trips";

type Screens = { All: undefined; Trip: { name: string } };

const Stack = createNativeStackNavigator<Screens>();

function All({ navigation }: NativeStackScreenProps<Screens, "All">) {
  const names = useTrips((state) => state.names);
  const { data: season } = useQuery({
    queryKey: ["season"],
    queryFn: async () => format(new Date(2026, 4, 1), "d MMMM yyyy"),
  });
  return (
    <View style={styles.page}>
      <Svg width={40} height={40}>
        <Circle cx={20} cy={20} r={18} fill="#f5b400" />
      </Svg>
      <Text>{season ? `The season begins on ${season}` : "…"}</Text>
      <FlatList
        data={names}
        keyExtractor={(name) => name}
        renderItem={({ item }) => (
          <Pressable accessibilityRole="button" onPress={() => navigation.navigate("Trip", { name: item })}>
            <Text style={styles.row}>{item}</Text>
          </Pressable>
        )}
      />
    </View>
  );
}

function Trip({ route }: NativeStackScreenProps<Screens, "Trip">) {
  return (
    <View style={styles.page}>
      <Text>A trip to {route.params.name}</Text>
    </View>
  );
}

export default function Trips() {
  return (
    <Stack.Navigator>
      <Stack.Screen name="All" component={All} options={{ title: "All trips" }} />
      <Stack.Screen name="Trip" component={Trip} />
    </Stack.Navigator>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, padding: 16, gap: 12 },
  row: { fontSize: 18, paddingVertical: 10 },
});
