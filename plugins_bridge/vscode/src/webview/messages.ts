/** What the editor tells its pages. All text in it is plain, and the pages put it in as text. */
import type { QrCode } from "../model/qr_code.ts";

export interface PreviewView {
  name: string;
  state: string;
  isPending: boolean;
  /** How much is uploaded, from 0 to 1. */
  share: number | undefined;
  isLive: boolean;
  qr: QrCode | undefined;
  problems: string[];
  phones: string[];
  skipped: string[];
}

export interface AiDocsView {
  file: string;
  summary: string;
  concepts: string[];
  explanations: { title: string; line: number; text: string }[];
  engine: string;
  notes: string[];
  hasChange: boolean;
}
