import { useState } from 'react';
import { StatusBar, StyleSheet, View } from 'react-native';

import { trails } from './src/data/trails';
import { TrailListScreen } from './src/screens/TrailListScreen';
import { TrailScreen } from './src/screens/TrailScreen';
import { colors } from './src/theme';

/** Two screens, switched by state: which trail is open, if any. */
export default function App() {
  const [openId, setOpenId] = useState<string | null>(null);
  const [savedIds, setSavedIds] = useState<readonly string[]>(['ridge']);

  const toggleSaved = (id: string) =>
    setSavedIds((ids) => (ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id]));

  const open = trails.find((trail) => trail.id === openId);

  return (
    <View style={styles.app}>
      <StatusBar barStyle={open ? 'light-content' : 'dark-content'} />
      {open ? (
        <TrailScreen
          trail={open}
          saved={savedIds.includes(open.id)}
          onToggleSaved={() => toggleSaved(open.id)}
          onBack={() => setOpenId(null)}
        />
      ) : (
        <TrailListScreen trails={trails} savedIds={savedIds} onOpen={setOpenId} onToggleSaved={toggleSaved} />
      )}
    </View>
  );
}

const styles = StyleSheet.create({
  app: { flex: 1, backgroundColor: colors.page },
});
