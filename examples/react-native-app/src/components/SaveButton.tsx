import { Pressable, StyleSheet, Text } from 'react-native';

import { colors, radius } from '../theme';

interface Props {
  readonly saved: boolean;
  readonly onPress: () => void;
}

export function SaveButton({ saved, onPress }: Props) {
  return (
    <Pressable
      onPress={onPress}
      hitSlop={8}
      style={({ pressed }) => [styles.button, pressed && styles.pressed]}
      accessibilityRole="button"
      accessibilityState={{ selected: saved }}
      accessibilityLabel={saved ? 'Remove from saved' : 'Save'}
    >
      <Text style={[styles.heart, saved && styles.heartSaved]}>{saved ? '♥' : '♡'}</Text>
    </Pressable>
  );
}

const styles = StyleSheet.create({
  button: {
    width: 40,
    height: 40,
    alignItems: 'center',
    justifyContent: 'center',
    borderRadius: radius.pill,
    backgroundColor: 'rgba(255, 255, 255, 0.92)',
  },
  pressed: { transform: [{ scale: 0.9 }] },
  heart: { fontSize: 20, lineHeight: 24, color: colors.ink },
  heartSaved: { color: colors.accent },
});
