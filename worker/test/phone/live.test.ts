import { describe, expect } from "vitest";
import { appFrame, chromiumPath, openApp } from "./browser.ts";
import { phoneTest } from "./fixture.ts";
import { preview, type Files, type Sent, type Stack } from "./project.ts";
import { Publisher } from "./publisher.ts";

const COUNTER = `
import { useState } from "react";
import { Pressable, ScrollView, Text, View } from "react-native";
import { label } from "./label";
const ROWS = Array.from({ length: 200 }, (_none, index) => index);
function Row({ index }: { index: number }) { return <Text>row {index}</Text>; }
export default function Counter() {
  const [count, setCount] = useState(0);
  return (
    <View style={{ flex: 1 }}>
      <Pressable onPress={() => setCount(count + 1)}><Text nativeID="count">{label} {count}</Text></Pressable>
      <ScrollView nativeID="list">{ROWS.map((index) => <Row key={index} index={index} />)}</ScrollView>
    </View>
  );
}
`;

const APP: Files = {
  "App.tsx": `import Counter from "./Counter";\nexport default function App() { return <Counter />; }\n`,
  "Counter.tsx": COUNTER,
  "label.ts": `export const label: string = "taps:";\n`,
};

async function native(stack: Stack): Promise<{ sent: Sent; publisher: Publisher }> {
  const sent = await preview(stack, { kind: "react_native", entry: "App.tsx", files: APP, live: true });
  return { sent, publisher: await Publisher.join(stack, sent) };
}

describe.skipIf(chromiumPath === undefined)("a live preview", () => {
  phoneTest("shows a save at once and keeps state and scroll position", async ({ page, stack, noise }) => {
    const { sent, publisher } = await native(stack);
    const app = await openApp(page, sent.link);
    await app.tap("#count");
    await app.waitForSelector("text=taps: 1");
    await app.evaluate(() => {
      const list = document.querySelector("#list");
      if (list) list.scrollTop = 300;
    });
    await expect.poll(() => app.evaluate(() => document.querySelector("#list")?.scrollTop)).toBe(300);
    const saved = await publisher.save([
      { path: "Counter.tsx", content: COUNTER.replace("row {index}", "line {index}") },
    ]);
    expect(saved).toMatchObject({ type: "saved", seq: 1 });
    await app.waitForSelector("text=line 199");
    expect(await app.innerText("#count")).toBe("taps: 1");
    expect(await app.evaluate(() => document.querySelector("#list")?.scrollTop)).toBe(300);

    await publisher.save([{ path: "label.ts", content: `export const label = "touches:";` }]);
    await app.waitForSelector("text=touches: 1");

    const anotherState = COUNTER.replace("useState(0)", "useState(7)");
    await publisher.save([{ path: "Counter.tsx", content: anotherState }]);
    await app.waitForSelector("text=touches: 7");
    expect(appFrame(page)).toBe(app);
    expect(noise).toEqual([]);
  });

  phoneTest("tells a save that can't be built, and goes on with the next", async ({ page, stack }) => {
    const { sent, publisher } = await native(stack);
    const app = await openApp(page, sent.link);
    const failed = await publisher.save([{ path: "Counter.tsx", content: `import "./gone";\n${COUNTER}` }]);
    expect(failed).toMatchObject({ type: "failed", error: { file: "Counter.tsx", line: 1, column: 8 } });
    await page.waitForSelector(".report");
    expect(await page.innerText(".report")).toContain('There is no file "./gone"');
    await publisher.save([{ path: "label.ts", content: `export const label = "later:";` }]);
    expect(await page.isVisible(".report")).toBe(true);
    await publisher.save([{ path: "Counter.tsx", content: COUNTER }]);
    await page.waitForSelector(".report", { state: "detached" });
    await app.waitForSelector("text=later: 0");
  });

  phoneTest("shows data and texts, as they are saved", async ({ page, stack, noise }) => {
    const files: Files = {
      "index.html": `<pre></pre><script type="module" src="/main.js"></script>`,
      "main.js": `
import data, { word } from "./data.json"; import text from "./text.js?raw"; import note from "./note.html?raw"; import classes from "./a.module.css";
document.querySelector("pre").textContent = [data.word, word, text, note, Object.keys(classes)].join(" ");`,
      "data.json": `{ "word": "one" }`,
      "text.js": `"text"`,
      "note.html": "<b>",
      "a.module.css": ".big { color: red }",
    };
    const sent = await preview(stack, { kind: "web", entry: "index.html", files, live: true });
    const publisher = await Publisher.join(stack, sent);
    await openApp(page, sent.link);
    const shown = () =>
      appFrame(page)
        .innerText("pre")
        .catch(() => "");
    await expect.poll(shown).toBe('one one "text" <b> big');
    await publisher.save([
      { path: "data.json", content: `{ "word": "two" }` },
      { path: "text.js", content: `"words"` },
    ]);
    await expect.poll(shown).toBe('two two "words" <b> big');
    expect(noise).toEqual([]);
  });

  phoneTest("starts the app anew where nothing less will do, at the same place", async ({ page, stack }) => {
    const files: Files = {
      "index.html": `<style>body{height:3000px}</style><h1></h1><script type="module" src="/main.js"></script>`,
      "main.js": `import "./main.css"; import { word } from "./word.js";\ndocument.querySelector("h1").textContent = word;`,
      "main.css": `h1 { color: rgb(255, 0, 0) }`,
      "word.js": `export const word = "one";`,
    };
    const sent = await preview(stack, { kind: "web", entry: "index.html", files, live: true });
    const publisher = await Publisher.join(stack, sent);
    const app = await openApp(page, sent.link);
    await app.evaluate(() => {
      scrollTo(0, 500);
    });
    await publisher.save([{ path: "main.css", content: `h1 { color: rgb(0, 0, 255) }` }]);
    await app.waitForFunction(() => {
      const title = document.querySelector("h1");
      return title && getComputedStyle(title).color === "rgb(0, 0, 255)";
    });
    expect(appFrame(page)).toBe(app);
    await publisher.save([{ path: "word.js", content: `export const word = "two";` }]);
    await expect
      .poll(() =>
        appFrame(page)
          .innerText("h1")
          .catch(() => ""),
      )
      .toBe("two");
    await expect.poll(() => appFrame(page).evaluate(() => scrollY)).toBe(500);
    // A phone that comes later sees what was saved, too.
    const late = await openApp(page, sent.link);
    expect(await late.innerText("h1")).toBe("two");
  });

  phoneTest(
    "reaches a phone that no WebSocket reaches, beside one with a socket",
    async ({ page, browser, stack }) => {
      const { sent, publisher } = await native(stack);
      await openApp(page, sent.link);
      const other = await browser.newPage();
      await other.routeWebSocket("**/room", (socket) => socket.close());
      const app = await openApp(other, sent.link);
      await app.click("#count");
      await publisher.save([{ path: "label.ts", content: `export const label = "touches:";` }]);
      await app.waitForSelector("text=touches: 1");
      await publisher.save([{ path: "label.ts", content: "export const label = ;" }]);
      await other.waitForSelector("text=The build failed");
      await publisher.save([{ path: "label.ts", content: `export const label = "clicks:";` }]);
      await app.waitForSelector("text=clicks: 1");
      expect(await other.isVisible(".report")).toBe(false);
      expect(appFrame(other)).toBe(app);
      await other.close();
    },
  );

  phoneTest("tells the developer of devices, lines and errors, at their place", async ({ page, stack }) => {
    const { sent, publisher } = await native(stack);
    await openApp(page, sent.link);
    const content = COUNTER.replace(
      "const [count",
      `console.log("drawn", { count: 1 });\n  if (globalThis.again) throw new Error("broken");\n  const [count`,
    );
    await publisher.save([{ path: "Counter.tsx", content }]);
    const lines = () => publisher.heard.flatMap((each) => (each.type === "console" ? each.entries : []));
    await expect.poll(lines).toContainEqual(
      expect.objectContaining({
        level: "log",
        text: 'drawn {"count":1}',
        file: "Counter.tsx",
        line: 8,
        column: 11,
      }),
    );
    expect(publisher.heard).toContainEqual({
      type: "devices",
      devices: [expect.objectContaining({ name: expect.stringContaining("Chrome") as string })],
    });
    await appFrame(page).evaluate(() =>
      setTimeout(() => {
        throw new Error("late");
      }),
    );
    await expect
      .poll(lines)
      .toContainEqual(expect.objectContaining({ text: "Error: late", is_error: true, file: null }));
    await appFrame(page).evaluate(() => {
      for (let n = 0; n < 500; n += 1) console.log(n);
    });
    const dropped = () =>
      publisher.heard.reduce((sum, each) => sum + (each.type === "console" ? each.dropped : 0), 0);
    await expect.poll(dropped).toBeGreaterThan(400);
  });

  phoneTest("is open on as many devices as the plan allows", async ({ page, browser, stack }) => {
    const { sent } = await native(stack);
    const { openToken } = await import("./stack.ts");
    const token = openToken({ preview_id: sent.previewId, project_id: sent.projectId, devices: 1 });
    const link = `${stack.worker.url}/p/${sent.previewId}#${token}`;
    await openApp(page, link);
    const other = await browser.newPage();
    await other.goto(link);
    await other.waitForSelector("text=Open on other devices already");
    expect(await other.innerText("main")).toContain("one device at a time");
    // The same device by the same code again is still one.
    await page.goto("about:blank");
    await openApp(page, link);
    await page.goto("about:blank");
    await openApp(other, link);
    await other.close();
  });
});
