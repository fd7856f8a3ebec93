/** What a browser needs to offer the page for its home screen: a manifest and icons. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, type Output } from "./output.ts";

export interface Installable {
  readonly manifest: string;
  readonly icon: string;
  readonly touchIcon: string;
}

/** The app is the list of this device's previews: a single preview lasts too short a time to be installed. */
export async function publishManifest(output: Output): Promise<Installable> {
  const icon = await publishIcon(output, "icon.svg");
  const touchIcon = await publishIcon(output, "touch-180.png");
  const icons = [
    { src: icon, sizes: "any", type: "image/svg+xml" },
    { src: await publishIcon(output, "icon-192.png"), sizes: "192x192", type: "image/png" },
    { src: await publishIcon(output, "icon-512.png"), sizes: "512x512", type: "image/png" },
    {
      src: await publishIcon(output, "maskable-512.png"),
      sizes: "512x512",
      type: "image/png",
      purpose: "maskable",
    },
  ];
  const manifest = output.publish("manifest.webmanifest", JSON.stringify({ ...APP, icons }));
  return { manifest, icon, touchIcon };
}

const APP = {
  id: "/p",
  name: "HiveSync previews",
  short_name: "HiveSync",
  description: "The screens that you are working on, on this phone.",
  start_url: "/p",
  scope: "/p",
  display: "standalone",
  // A link that is scanned opens in the app that is there already.
  launch_handler: { client_mode: "navigate-existing" },
  background_color: "#fbf8f1",
  theme_color: "#fbf8f1",
};

async function publishIcon(output: Output, name: string): Promise<string> {
  return output.publish(name, await readFile(join(ROOT, "phone/icons", name)));
}
