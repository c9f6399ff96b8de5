/** The manual page, leakwatch(1), in the man macros that every formatter knows: made from what the help is made from. */

import { VERSION } from "../version.ts";
import type { CommandOutline, OptionOutline, ProgramOutline } from "./cli_spec.ts";

/** A way of profiling: its name, and in one phrase what it tells. */
export interface MethodLine {
  readonly name: string;
  readonly title: string;
}

type Entry = readonly [term: string, meaning: string];

const EXIT_STATUS: Entry[] = [
  ["0", "done"],
  ["1", "failed at run time"],
  ["2", "wrong usage"],
  ["3", "with --strict: part of a server's history could not be read"],
  ["10", "found what --fail-on names"],
  ["", "With --format check instead: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, as monitoring plugins do."],
];
const ENVIRONMENT: Entry[] = [
  ["NO_COLOR", "no colours if set to anything"],
  ["XDG_STATE_HOME", "sessions go below it where /var/log cannot be written"],
  ["CACHE_DIRECTORY", "where the self-extracting file unpacks itself, before any other place"],
  [
    "DENO_TLS_CA_STORE",
    "certificate authorities to check webhooks and servers with: system, mozilla or both",
  ],
  ["LEAKWATCH_DEBUG", "print the details of an unexpected error"],
];
const SIGNALS: Entry[] = [
  ["SIGINT, SIGTERM", "end the window early and still report; the second quits at once"],
  ["SIGHUP", "monitor and boot read the rules file again"],
  ["SIGUSR2", "monitor and boot write the summary"],
  ["SIGUSR1", "does nothing"],
];
const FILES: Entry[] = [
  ["/var/log/memory-monitor", "sessions of leakwatch monitor"],
  ["/var/log/boot-diagnostics", "sessions of leakwatch boot"],
  ["/var/lib/leakwatch", "state of the boot service between runs"],
  ["/etc/systemd/system/boot-diagnostics.service", "made by leakwatch boot --install-service"],
  ["/etc/init.d/boot-diagnostics", "the same with OpenRC"],
];
const EXAMPLES: Entry[] = [
  ["leakwatch analyze", "Who grows? Five minutes, then the report; Ctrl-C reports now."],
  [
    "leakwatch analyze --duration 1m --fail-on growing",
    "In a load test: exits with 10 where something grows.",
  ],
  ["leakwatch analyze report.html --format html", "A report to mail."],
  ["leakwatch analyze --from http://prometheus:9090 --last 14d", "Which workload of a fleet leaks?"],
  ["sudo leakwatch profile 812", "Which line or class grows inside process 812?"],
  ["leakwatch monitor 120 15", "Two hours, a sample every 15 seconds, as CSV logs."],
  ["sudo leakwatch boot --install-service", "On watch from the first second of every boot."],
  ["leakwatch rules --check my-rules.yaml", "Is this rules file right?"],
];

/** The page for the whole program. Pure. */
export function manualPage(program: ProgramOutline, methods: readonly MethodLine[]): string {
  const { name, description, commands, hidden } = program;
  const shared = sharedOptions(commands);
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${VERSION}" "User Commands"`,
    ".SH NAME",
    `${name} \\- finds memory leaks on the machine where they happen`,
    ".SH SYNOPSIS",
    ...commands.flatMap((command) => [
      ".br",
      `.B ${name} ${command.name}`,
      `${roff(command.usage)} [\\fIoption\\fR ...]`.trim(),
    ]),
    ".SH DESCRIPTION",
    roff(description),
    ".PP",
    "Durations are written 90s, 15m, 2h or 30d; a plain number is seconds, or minutes where the option is named so.",
    "Sizes are written 64MiB or 1GiB.",
    ...commands.flatMap((command) => [
      ...commandSection(name, command, shared),
      ...(command.name === "profile" ? methodLines(methods) : []),
    ]),
    ".SH OPTIONS OF MOST COMMANDS",
    ...shared.flatMap(optionLines),
    ".SH OTHER COMMANDS",
    ...hidden.flatMap((command) => [".TP", `.B ${name} ${command.name}`, roff(command.description)]),
    ...[".TP", `.B ${name} help [command]`, "Explains a command."],
    ...program.options.flatMap(optionLines),
    ...list("EXAMPLES", EXAMPLES),
    ...list("EXIT STATUS", EXIT_STATUS),
    ...list("ENVIRONMENT", ENVIRONMENT),
    ...list("SIGNALS", SIGNALS),
    ...list("FILES", FILES),
    ".SH SEE ALSO",
    roff("proc(5), cgroups(7), systemd-analyze(1), perf(1), smem(8)"),
    ".SH COPYRIGHT",
    `MIT; ${name} licenses prints it and the licences of everything in the executable.`,
    "",
  ].join("\n");
}

/** Those that stand, word for word, in most commands: listed once. */
function sharedOptions(commands: readonly CommandOutline[]): OptionOutline[] {
  const places = Map.groupBy(
    commands.flatMap(({ options }) => options),
    (option) => JSON.stringify(option),
  );
  return [...places.values()].filter((same) => same.length > commands.length / 2).map(([option]) => option!);
}

function commandSection(
  program: string,
  command: CommandOutline,
  shared: readonly OptionOutline[],
): string[] {
  const isShared = ({ long, description }: OptionOutline) =>
    shared.some((option) => option.long === long && option.description === description);
  return [
    `.SH ${command.name.toUpperCase()}`,
    `.B ${program} ${command.name}`,
    `${roff(command.usage)}`,
    ".PP",
    roff(command.description),
    ...command.arguments.filter((each) => each.description).flatMap((each) => [
      ".TP",
      `.I ${roff(each.name)}`,
      roff(each.description + choicesText(each.choices) + defaultText(each)),
    ]),
    ...command.options.filter((option) => !isShared(option)).flatMap(optionLines),
  ].filter((line) => line !== "");
}

function methodLines(methods: readonly MethodLine[]): string[] {
  return [
    ".PP",
    roff("Methods, best first for a runtime; --dry-run says what each needs, does and costs:"),
    ...methods.flatMap((method) => [".TP", `.B ${roff(method.name)}`, roff(method.title)]),
  ];
}

function optionLines(option: OptionOutline): string[] {
  const flags = [option.short, option.long].filter((flag) => flag !== null).map((flag) =>
    `\\fB${roff(flag)}\\fR`
  );
  const value = option.value ? ` \\fI${roff(option.value.slice(1, -1))}\\fR` : "";
  return [
    ".TP",
    flags.join(", ") + value,
    roff(option.description + choicesText(option.choices) + defaultText(option)),
  ];
}

function list(heading: string, entries: readonly Entry[]): string[] {
  return [
    `.SH ${heading}`,
    ...entries.flatMap(([term, meaning]) =>
      term === "" ? [".PP", roff(meaning)] : [".TP", `.B ${roff(term)}`, roff(meaning)]
    ),
  ];
}

const choicesText = (choices: readonly string[]): string =>
  choices.length > 0 ? `: ${choices.join(", ")}` : "";

const defaultText = ({ default_text }: { default_text: string | null }): string =>
  default_text ? ` (default: ${default_text})` : "";

/** Text that troff prints as it stands: its escape character, hyphens that can be searched for, no line that is a request. */
const roff = (text: string): string =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1").replace(/\s*\n\s*/g, " ");
