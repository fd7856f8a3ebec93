/** Which values of an env file may reach a phone: those that their own tools make public, and no others. */

export const PUBLIC_ENV = /^(VITE|EXPO_PUBLIC)_[A-Za-z0-9_]+$/;

export function publicEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PUBLIC_ENV.test(name)));
}
