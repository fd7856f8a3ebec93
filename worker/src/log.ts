/** Structured log lines on the console. Holds no code, token, body or query string: callers pass plain facts. */

export type LogLevel = "info" | "warning" | "error";
export type LogFields = Record<string, string | number | boolean | null>;

export function logLine(level: LogLevel, message: string, fields: LogFields = {}): void {
  const line = JSON.stringify({ level, message, time: new Date().toISOString(), ...fields });
  if (level === "error") console.error(line);
  else console.log(line);
}
