import AsyncStorage from "@react-native-async-storage/async-storage";
import type { BottomTabScreenProps } from "@react-navigation/bottom-tabs";
import { useEffect } from "react";
import { Controller, useForm } from "react-hook-form";
import { Pressable, StyleSheet, Text, TextInput, View } from "react-native";
import { useTrips } from "./trips";

type Screens = { Trips: undefined; Add: undefined };

const DRAFT = "draft";

export default function AddTrip({ navigation }: BottomTabScreenProps<Screens, "Add">) {
  const add = useTrips((state) => state.add);
  const { control, formState, handleSubmit, reset, setValue } = useForm({ defaultValues: { name: "" } });
  useEffect(() => {
    void AsyncStorage.getItem(DRAFT).then((draft) => setValue("name", draft ?? ""));
  }, [setValue]);
  const submit = handleSubmit(({ name }) => {
    add(name);
    reset();
    navigation.navigate("Trips");
  });
  return (
    <View style={styles.page}>
      <Controller
        control={control}
        name="name"
        rules={{ required: "A trip needs a name" }}
        render={({ field: { onChange, value } }) => (
          <TextInput
            accessibilityLabel="Name of the trip"
            style={styles.field}
            value={value}
            onChangeText={(text) => {
              onChange(text);
              void AsyncStorage.setItem(DRAFT, text);
            }}
          />
        )}
      />
      <Text>{formState.errors.name?.message ?? ""}</Text>
      <Pressable accessibilityRole="button" onPress={() => void submit()}>
        <Text>Add it</Text>
      </Pressable>
    </View>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, padding: 16, gap: 12 },
  field: { borderWidth: 1, padding: 8 },
});
