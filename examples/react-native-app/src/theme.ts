import { Platform, type TextStyle } from 'react-native';

export const colors = {
  page: '#f6f3ee',
  card: '#ffffff',
  ink: '#26221c',
  soft: '#766e62',
  line: '#e7e1d6',
  accent: '#c2512f',
  accentSoft: '#fbe9e1',
  easy: '#3d7a4f',
  moderate: '#b07a1e',
  hard: '#a63d3d',
} as const;

export const space = { small: 8, medium: 16, large: 24 } as const;

export const radius = { card: 20, pill: 999 } as const;

/** Room for the status bar and the notch; a web page has neither. */
export const topInset = Platform.select({ ios: 56, android: 36, default: 28 });

export const text = {
  title: { fontSize: 32, fontWeight: '800', letterSpacing: -0.6, color: colors.ink },
  heading: { fontSize: 19, fontWeight: '700', letterSpacing: -0.2, color: colors.ink },
  body: { fontSize: 16, lineHeight: 24, color: colors.ink },
  small: { fontSize: 14, color: colors.soft },
  label: { fontSize: 12, fontWeight: '700', letterSpacing: 0.6, textTransform: 'uppercase' },
} satisfies Record<string, TextStyle>;
