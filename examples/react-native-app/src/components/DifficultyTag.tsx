import { StyleSheet, Text, View } from 'react-native';

import type { Difficulty } from '../data/trails';
import { colors, radius, text } from '../theme';

export function DifficultyTag({ difficulty }: { readonly difficulty: Difficulty }) {
  return (
    <View style={[styles.tag, { backgroundColor: colors[difficulty] }]}>
      <Text style={styles.label}>{difficulty}</Text>
    </View>
  );
}

const styles = StyleSheet.create({
  tag: { alignSelf: 'flex-start', paddingHorizontal: 10, paddingVertical: 4, borderRadius: radius.pill },
  label: { ...text.label, fontSize: 11, color: '#fff' },
});
