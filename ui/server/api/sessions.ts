/** Recorded sessions, and the server itself. */

export interface SessionRow {
  id: string;
  kind: "monitor" | "boot";
  hostname: string;
  kernel_release: string;
  boot_id: string | null;
  started_at_seconds: number;
  ended_at_seconds: number | null;
  interval_seconds: number | null;
  size_bytes: number;
  is_running: boolean;
  end_reason: string | null;
}

export interface SessionsReply {
  sessions: SessionRow[];
  directories: string[];
  unreadable: { path: string; why: string }[];
}

export interface AboutReply {
  version: string;
  hostname: string;
  live: boolean;
  hide_arguments: boolean;
  interval_seconds: number;
}
