/** Makes once what scenarios need: compiled programs, database clusters, a large file, pages. Kept between recordings. */

export interface Prepared {
  built: string;
  prepared: string;
}

interface Step {
  /** Path that exists once it is done, below one of the folders. */
  makes: string;
  needs: string[];
  commands: string[][];
  /** Done again where one of these files is newer. */
  sources?: string[];
}

const POSTGRES = "/usr/lib/postgresql/15/bin";

/**
 * Makes what is missing of `wanted` below `folder` (names as in `Scenario.uses`); programs older than their source are compiled again.
 *
 * @returns the folders, and what could not be made because a tool is not installed
 */
export async function prepare(
  folder: string,
  programs: string,
  wanted: ReadonlySet<string>,
): Promise<Prepared & { missing: Map<string, string[]> }> {
  const built = `${folder}/built`, prepared = `${folder}/prepared`;
  for (const path of [folder, built, prepared, `${prepared}/pages`]) {
    Deno.mkdirSync(path, { recursive: true, mode: 0o755 });
  }
  Deno.writeTextFileSync(`${prepared}/pages/index.html`, "<p>page</p>\n".repeat(800));
  const missing = new Map<string, string[]>();
  for (const step of [...compilations(programs, built), ...data(prepared)]) {
    const name = step.makes.replace(`${built}/`, "").replace(`${prepared}/`, "");
    if (!wanted.has(name) || isDone(step)) continue;
    const lacking = step.needs.filter((tool) => !isInstalled(tool));
    if (lacking.length > 0) missing.set(name, lacking);
    else for (const command of step.commands) await run(command);
  }
  return { built, prepared, missing };
}

function compilations(programs: string, built: string): Step[] {
  const compile = (name: string, source: string, command: string[]): Step => ({
    makes: `${built}/${name}`,
    needs: [command[0]!],
    sources: [`${programs}/${source}`, `${programs}/paced.h`],
    commands: [[...command, `${programs}/${source}`]],
  });
  const c = (name: string) =>
    compile(name, `${name}.c`, ["gcc", "-O1", "-pthread", "-o", `${built}/${name}`]);
  return [
    c("leak"),
    c("steady"),
    c("jump"),
    compile("containers", "containers.cc", ["g++", "-O1", "-o", `${built}/containers`]),
    compile("cycle", "cycle.rs", ["rustc", "-O", "-o", `${built}/cycle`]),
    compile("server", "server.go", ["go", "build", "-o", `${built}/server`]),
    compile("Server.class", "Server.java", ["javac", "-d", built]),
    compile("table.beam", "table.erl", ["erlc", "-o", built]),
  ];
}

function data(prepared: string): Step[] {
  const cluster = `${prepared}/postgres`, tables = `${prepared}/mariadb`;
  const asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"];
  const asMysql = ["setpriv", "--reuid=mysql", "--regid=mysql", "--init-groups"];
  const socket = `-k ${cluster} -c listen_addresses= -c fsync=off`;
  const pgbench = [`${POSTGRES}/pgbench`, "-h", cluster, "-i", "-q", "-s", "10", "postgres"];
  return [
    {
      makes: `${prepared}/large_file`,
      needs: ["dd"],
      commands: [[
        "dd",
        "if=/dev/urandom",
        `of=${prepared}/large_file`,
        "bs=1M",
        "count=400",
        "status=none",
      ]],
    },
    {
      makes: `${cluster}/filled`,
      needs: [`${POSTGRES}/initdb`],
      commands: [
        ["rm", "-rf", cluster],
        ["mkdir", cluster],
        ["chown", "postgres", cluster],
        [...asPostgres, `${POSTGRES}/initdb`, "-A", "trust", "-D", cluster],
        [...asPostgres, `${POSTGRES}/pg_ctl`, "-D", cluster, "-w", "-o", socket, "-l", "/dev/null", "start"],
        [...asPostgres, ...pgbench],
        [...asPostgres, `${POSTGRES}/pg_ctl`, "-D", cluster, "-w", "stop"],
        ["touch", `${cluster}/filled`],
      ],
    },
    {
      makes: `${tables}/filled`,
      needs: ["mariadb-install-db", "mariadbd"],
      commands: [
        ["rm", "-rf", tables],
        ["mkdir", tables],
        ["chown", "mysql", tables],
        ["mariadb-install-db", "--no-defaults", `--datadir=${tables}`, "--user=mysql", "--skip-test-db"],
        ["sh", "-c", `printf '%s\\n' "${FILL_TABLE.join(" ")}" > ${tables}/fill.sql`],
        [
          "sh",
          "-c",
          `${asMysql.join(" ")} mariadbd --no-defaults --bootstrap --datadir=${tables} < ${tables}/fill.sql`,
        ],
        ["touch", `${tables}/filled`],
      ],
    },
  ];
}

/** 150,000 rows of a kilobyte. A server in bootstrap mode takes one statement a line. */
const FILL_TABLE = [
  "CREATE DATABASE bench;\n",
  "CREATE TABLE bench.wide (id INT PRIMARY KEY, v VARCHAR(1000)) ENGINE=InnoDB;\n",
  "INSERT INTO bench.wide SELECT seq, REPEAT(CHAR(97 + seq % 26), 1000) FROM bench.seq_1_to_150000;",
];

async function run([program, ...args]: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program!, { args, stdin: "null" }).output();
  if (success) return;
  throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

/** Whether an executable is on PATH, or at the path given. */
export function isInstalled(program: string): boolean {
  if (program.includes("/")) return exists(program);
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => exists(`${folder}/${program}`));
}

function isDone({ makes, sources = [] }: Step): boolean {
  if (!exists(makes)) return false;
  const changed = (path: string) => Deno.statSync(path).mtime?.getTime() ?? 0;
  return sources.every((source) => changed(makes) >= changed(source));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
