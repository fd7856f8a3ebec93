import { Pressable, StyleSheet, Text, TextInput, View } from 'react-native';

import { colors, radius, space, text } from '../theme';

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SearchField({ value, onChange }: Props) {
  return (
    <View style={styles.field}>
      <TextInput
        style={styles.input}
        value={value}
        onChangeText={onChange}
        placeholder="Search by name or region"
        placeholderTextColor={colors.soft}
        autoCorrect={false}
        returnKeyType="search"
        accessibilityLabel="Search trails"
      />
      {value !== '' && (
        <Pressable onPress={() => onChange('')} hitSlop={12} accessibilityRole="button" accessibilityLabel="Clear">
          <Text style={styles.clear}>✕</Text>
        </Pressable>
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  field: {
    flexDirection: 'row',
    alignItems: 'center',
    height: 48,
    paddingHorizontal: space.medium,
    borderRadius: radius.pill,
    borderWidth: 1,
    borderColor: colors.line,
    backgroundColor: colors.card,
  },
  input: { flex: 1, minWidth: 0, height: '100%', fontSize: text.body.fontSize, color: colors.ink },
  clear: { ...text.small, paddingLeft: space.small },
});
