/** What to call this device in the developer's list: its model or kind, and its browser. */

interface Browser {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
}

const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/EdgA?\//, "Edge"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/(Firefox|FxiOS)\//, "Firefox"],
  [/(Chrome|CriOS)\//, "Chrome"],
  [/Safari\//, "Safari"],
];

export function deviceName({ userAgent, maxTouchPoints }: Browser): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [kindOf(userAgent, maxTouchPoints), browser].filter((part) => part !== undefined).join(" · ");
}

function kindOf(userAgent: string, maxTouchPoints: number): string {
  if (userAgent.includes("iPhone")) return "iPhone";
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (userAgent.includes("iPad") || (userAgent.includes("Macintosh") && maxTouchPoints > 1)) return "iPad";
  // Chrome hides the model behind "K" unless it is asked for.
  const model = /Android [\d.]+; ([^;)]{2,40})/.exec(userAgent)?.[1];
  if (userAgent.includes("Android")) return model ?? "Android";
  const system = /Windows|Macintosh|CrOS|Linux/.exec(userAgent)?.[0];
  return system === "Macintosh" ? "Mac" : system === "CrOS" ? "Chromebook" : (system ?? "Browser");
}
