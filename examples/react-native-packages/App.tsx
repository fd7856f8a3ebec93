import { createBottomTabNavigator } from "@react-navigation/bottom-tabs";
import { NavigationContainer } from "@react-navigation/native";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { SafeAreaProvider } from "react-native-safe-area-context";
import AddTrip from "./src/AddTrip";
import Trips from "./src/Trips";

const Tabs = createBottomTabNavigator();
const queries = new QueryClient();

export default function App() {
  return (
    <SafeAreaProvider>
      <QueryClientProvider client={queries}>
        <NavigationContainer>
          <Tabs.Navigator screenOptions={{ headerShown: false }}>
            <Tabs.Screen name="Trips" component={Trips} />
            <Tabs.Screen name="Add" component={AddTrip} />
          </Tabs.Navigator>
        </NavigationContainer>
      </QueryClientProvider>
    </SafeAreaProvider>
  );
}
