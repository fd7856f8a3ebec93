import { Image, Pressable, ScrollView, StyleSheet, Text, View } from 'react-native';

import { DifficultyTag } from '../components/DifficultyTag';
import { SaveButton } from '../components/SaveButton';
import { Stat } from '../components/Stat';
import type { Trail } from '../data/trails';
import { colors, radius, space, text, topInset } from '../theme';

interface Props {
  readonly trail: Trail;
  readonly saved: boolean;
  readonly onToggleSaved: () => void;
  readonly onBack: () => void;
}

export function TrailScreen({ trail, saved, onToggleSaved, onBack }: Props) {
  return (
    <View style={styles.screen}>
      <ScrollView contentContainerStyle={styles.content} showsVerticalScrollIndicator={false}>
        <Image source={trail.picture} style={styles.picture} resizeMode="cover" />
        <View style={styles.sheet}>
          <DifficultyTag difficulty={trail.difficulty} />
          <Text style={[text.title, styles.name]}>{trail.name}</Text>
          <Text style={text.small}>{trail.region}</Text>
          <View style={styles.stats}>
            <Stat value={`${trail.kilometres} km`} label="distance" />
            <Stat value={`${trail.climbMetres} m`} label="climb" />
            <Stat value={`${trail.hours} h`} label="time" />
          </View>
          <Text style={text.body}>{trail.about}</Text>
          <Text style={[text.heading, styles.section]}>Along the way</Text>
          {trail.stops.map((stop, index) => (
            <View key={stop} style={styles.stop}>
              <View style={styles.number}>
                <Text style={styles.numberText}>{index + 1}</Text>
              </View>
              <Text style={text.body}>{stop}</Text>
            </View>
          ))}
        </View>
      </ScrollView>
      <View style={styles.bar}>
        <Pressable
          onPress={onBack}
          style={({ pressed }) => [styles.back, pressed && styles.pressed]}
          accessibilityRole="button"
          accessibilityLabel="Back to all trails"
        >
          <Text style={styles.backText}>‹ All trails</Text>
        </Pressable>
        <SaveButton saved={saved} onPress={onToggleSaved} />
      </View>
    </View>
  );
}

const styles = StyleSheet.create({
  screen: { flex: 1 },
  content: { paddingBottom: space.large * 2 },
  picture: { width: '100%', height: 320 },
  sheet: {
    marginTop: -28,
    padding: space.large,
    borderTopLeftRadius: 28,
    borderTopRightRadius: 28,
    backgroundColor: colors.page,
  },
  name: { marginTop: space.small },
  stats: {
    flexDirection: 'row',
    marginVertical: space.large,
    paddingVertical: space.medium,
    borderRadius: radius.card,
    borderWidth: 1,
    borderColor: colors.line,
    backgroundColor: colors.card,
  },
  section: { marginTop: space.large, marginBottom: space.small },
  stop: { flexDirection: 'row', alignItems: 'center', gap: 12, paddingVertical: space.small },
  number: {
    width: 28,
    height: 28,
    alignItems: 'center',
    justifyContent: 'center',
    borderRadius: radius.pill,
    backgroundColor: colors.accentSoft,
  },
  numberText: { fontSize: 13, fontWeight: '700', color: colors.accent },
  bar: {
    position: 'absolute',
    top: topInset,
    left: space.medium,
    right: space.medium,
    flexDirection: 'row',
    justifyContent: 'space-between',
  },
  back: {
    height: 40,
    justifyContent: 'center',
    paddingHorizontal: space.medium,
    borderRadius: radius.pill,
    backgroundColor: 'rgba(255, 255, 255, 0.92)',
  },
  pressed: { opacity: 0.7 },
  backText: { fontSize: 15, fontWeight: '600', color: colors.ink },
});
