import { Image, Pressable, StyleSheet, Text, View } from 'react-native';

import type { Trail } from '../data/trails';
import { colors, radius, space, text } from '../theme';
import { DifficultyTag } from './DifficultyTag';
import { SaveButton } from './SaveButton';

interface Props {
  readonly trail: Trail;
  readonly saved: boolean;
  readonly onOpen: () => void;
  readonly onToggleSaved: () => void;
}

/** The save button lies beside the card's own pressable, not inside it: two buttons never nest. */
export function TrailCard({ trail, saved, onOpen, onToggleSaved }: Props) {
  return (
    <View style={styles.card}>
      <Pressable
        onPress={onOpen}
        style={({ pressed }) => pressed && styles.pressed}
        accessibilityRole="button"
        accessibilityLabel={`Open ${trail.name}`}
      >
        <Image source={trail.picture} style={styles.picture} resizeMode="cover" />
        <View style={styles.caption}>
          <View style={styles.names}>
            <Text style={text.heading}>{trail.name}</Text>
            <Text style={text.small}>
              {trail.region} · {trail.kilometres} km
            </Text>
          </View>
          <DifficultyTag difficulty={trail.difficulty} />
        </View>
      </Pressable>
      <View style={styles.save}>
        <SaveButton saved={saved} onPress={onToggleSaved} />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  card: {
    overflow: 'hidden',
    borderRadius: radius.card,
    borderWidth: 1,
    borderColor: colors.line,
    backgroundColor: colors.card,
  },
  pressed: { opacity: 0.85 },
  picture: { width: '100%', height: 150 },
  caption: { flexDirection: 'row', alignItems: 'center', gap: space.small, padding: space.medium },
  names: { flex: 1, gap: 2 },
  save: { position: 'absolute', top: 12, right: 12 },
});
