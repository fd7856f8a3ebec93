import { useMemo, useState } from 'react';
import { FlatList, StyleSheet, Text, View } from 'react-native';

import { SearchField } from '../components/SearchField';
import { TrailCard } from '../components/TrailCard';
import type { Trail } from '../data/trails';
import { colors, space, text, topInset } from '../theme';

interface Props {
  readonly trails: readonly Trail[];
  readonly savedIds: readonly string[];
  readonly onOpen: (id: string) => void;
  readonly onToggleSaved: (id: string) => void;
}

export function TrailListScreen({ trails, savedIds, onOpen, onToggleSaved }: Props) {
  const [query, setQuery] = useState('');
  const found = useMemo(() => search(trails, query), [trails, query]);

  return (
    <View style={styles.screen}>
      <View style={styles.header}>
        <Text style={text.title}>Trailbook</Text>
        <Text style={styles.saved}>{savedIds.length} saved</Text>
      </View>
      <View style={styles.search}>
        <SearchField value={query} onChange={setQuery} />
      </View>
      <FlatList
        data={found}
        keyExtractor={(trail) => trail.id}
        contentContainerStyle={styles.list}
        keyboardShouldPersistTaps="handled"
        showsVerticalScrollIndicator={false}
        ListEmptyComponent={<Text style={styles.empty}>No trail is called “{query.trim()}”.</Text>}
        renderItem={({ item }) => (
          <TrailCard
            trail={item}
            saved={savedIds.includes(item.id)}
            onOpen={() => onOpen(item.id)}
            onToggleSaved={() => onToggleSaved(item.id)}
          />
        )}
      />
    </View>
  );
}

function search(trails: readonly Trail[], query: string): Trail[] {
  const wanted = query.trim().toLowerCase();
  return trails.filter((trail) => `${trail.name} ${trail.region}`.toLowerCase().includes(wanted));
}

const styles = StyleSheet.create({
  screen: { flex: 1, paddingTop: topInset },
  header: {
    flexDirection: 'row',
    alignItems: 'baseline',
    justifyContent: 'space-between',
    paddingHorizontal: space.medium,
  },
  saved: { ...text.small, fontWeight: '600', color: colors.accent },
  search: { padding: space.medium },
  list: { gap: space.medium, paddingHorizontal: space.medium, paddingBottom: space.large * 2 },
  empty: { ...text.body, paddingTop: space.large, textAlign: 'center', color: colors.soft },
});
