/** The options of each command as commander hands them over: what the commands and the code behind them share. */

import type { BudgetOptions } from "./budget.ts";
import type { PageAccessOptions } from "../arguments/page.ts";
import type { SharedOptions } from "../arguments/shared.ts";

/** Receives the exit code of the command that ran. */
export interface Outcome {
  exitCode: number;
}

export type Shell = "bash" | "zsh" | "fish";

export type ReportFormat = "text" | "json" | "markdown" | "html";

export interface AnalyzeOptions extends SharedOptions {
  /** Seconds. */
  duration: number;
  /** Seconds; left out: as the duration wants it. */
  interval?: number;
  top: number;
  pid?: number[];
  from?: string[];
  format: ReportFormat | "check";
  /** Evidence and every next step in the text report. */
  verbose?: boolean;
  failOn?: "warning" | "critical" | "leak" | "growing";
  rules?: string;
  /** Look into each --pid once the window is over. */
  profile: boolean;
  /** Seconds. */
  profileFor: number;
  /** How often it was said, as with `profile`. */
  yes: number;
  /** Names of the options that were written out. */
  given?: string[];
  /** The rest only with a server's history. Seconds. */
  last?: number;
  /** Unix seconds. */
  start?: number;
  /** Unix seconds. */
  end?: number;
  select?: string;
  metrics: string;
  metric?: string[];
  by?: string;
  versionLabel?: string;
  jobs: number;
  /** Seconds. */
  budget: number;
  compress: boolean;
  strict: boolean;
  tokenFile?: string;
  user?: string;
  passwordFile?: string;
  headerFile?: string;
  caFile?: string;
  certFile?: string;
  keyFile?: string;
}

export interface BootOptions extends SharedOptions, PageAccessOptions, BudgetOptions {
  /** Seconds. */
  minutes: number;
  /** Seconds. */
  interval: number;
  outputDir?: string;
  rules?: string;
  profileSuspects: boolean;
  hideArguments: boolean;
  keepWatching: boolean;
  installService: boolean;
  uninstallService: boolean;
  status: boolean;
  /** Start the service when it is installed. */
  start: boolean;
}

export interface MonitorOptions extends SharedOptions, PageAccessOptions, BudgetOptions {
  outputDir?: string;
  rules?: string;
  rotateSize: number;
  retainSize: number;
  /** Seconds. */
  retainAge: number;
  top: number;
  /** Port, or true for the default one. */
  ui?: number | true;
  /** Address that takes Prometheus' remote write. */
  remoteWrite?: string;
  remoteWriteTokenFile?: string;
  remoteWriteHeaderFile?: string;
  remoteWriteCaFile?: string;
  profileSuspects: boolean;
  hideArguments: boolean;
}

export interface ServeOptions extends SharedOptions {
  port: number;
  host: string;
  dir?: string[];
  /** A server whose history is shown instead of this machine. */
  from?: string;
  /** Seconds. */
  last: number;
  select?: string;
  metrics: string;
  metric?: string[];
  versionLabel?: string;
  fromTokenFile?: string;
  fromHeaderFile?: string;
  fromCaFile?: string;
  /** Seconds. */
  interval: number;
  tokenFile?: string;
  /** False: every local user may look, even where root watches. */
  token: boolean;
  rules?: string;
  hideArguments: boolean;
}

export interface RulesOptions extends SharedOptions {
  check?: string;
  print: boolean;
  export?: "prometheus";
  /** Seconds. */
  scrapeInterval: number;
  rules?: string;
}

export interface ProfileOptions extends SharedOptions {
  /** Seconds. */
  for: number;
  method: string;
  /** How often it was said: once for what asks once, twice for what pauses the process for seconds. */
  yes: number;
  dryRun: boolean;
  format?: "text" | "json" | "markdown" | "html";
  top: number;
  output?: string;
  /** Not for people: refuse another process that has the pid by now; and where its network was entered. */
  startTicks?: number;
  sameNetwork?: boolean;
  /** Sites of each method in JSON. */
  maxSites?: number;
}
