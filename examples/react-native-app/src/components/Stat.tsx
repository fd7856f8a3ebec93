import { StyleSheet, Text, View } from 'react-native';

import { colors, text } from '../theme';

interface Props {
  readonly value: string;
  readonly label: string;
}

export function Stat({ value, label }: Props) {
  return (
    <View style={styles.stat}>
      <Text style={text.heading}>{value}</Text>
      <Text style={styles.label}>{label}</Text>
    </View>
  );
}

const styles = StyleSheet.create({
  stat: { flex: 1, alignItems: 'center', gap: 4 },
  label: { ...text.label, fontSize: 11, color: colors.soft },
});
