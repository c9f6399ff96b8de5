/** What deploy/Containerfile says of the image, for the archive that is made without a builder (image.ts). Pure. */

/** The `config` of an OCI image (opencontainers/image-spec, config.md). */
export interface ImageConfig {
  Env: string[];
  Entrypoint: string[];
  Cmd: string[];
  Labels: Record<string, string>;
  ExposedPorts?: Record<string, Record<string, never>>;
  Volumes?: Record<string, Record<string, never>>;
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
}

/** Throws Error at an instruction that it does not know: what the builder would do must happen here, too. */
export function parseContainerfile(text: string): ImageConfig {
  const config: ImageConfig = { Env: [], Entrypoint: [], Cmd: [], Labels: {} };
  for (const line of text.split("\n")) {
    const match = /^([A-Za-z]+)\s+(.+)$/.exec(line.trim());
    if (!match || line.trim().startsWith("#")) continue;
    const [, instruction, value] = match as unknown as [string, string, string];
    switch (instruction.toUpperCase()) {
      case "ARG":
      case "FROM":
      case "COPY":
        break; // the file system, which image.ts makes
      case "ENTRYPOINT":
        config.Entrypoint = listOf(instruction, value);
        break;
      case "CMD":
        config.Cmd = listOf(instruction, value);
        break;
      case "ENV":
        config.Env.push(assignment(instruction, value).join("="));
        break;
      case "LABEL": {
        const [name, label] = assignment(instruction, value);
        config.Labels[name] = label;
        break;
      }
      case "EXPOSE":
        config.ExposedPorts = { ...config.ExposedPorts, [value.includes("/") ? value : `${value}/tcp`]: {} };
        break;
      case "VOLUME":
        config.Volumes = Object.fromEntries(listOf(instruction, value).map((path) => [path, {}]));
        break;
      case "USER":
        config.User = value;
        break;
      case "WORKDIR":
        config.WorkingDir = value;
        break;
      case "STOPSIGNAL":
        config.StopSignal = value;
        break;
      default:
        throw new Error(`deploy/Containerfile: scripts/image.ts does not know ${instruction}`);
    }
  }
  return config;
}

function listOf(instruction: string, value: string): string[] {
  if (!value.startsWith("[")) throw new Error(`deploy/Containerfile: write ${instruction} as a JSON list`);
  return JSON.parse(value) as string[];
}

function assignment(instruction: string, value: string): [string, string] {
  const match = /^([\w.-]+)=(?:"([^"]*)"|(\S*))$/.exec(value);
  if (!match) throw new Error(`deploy/Containerfile: write ${instruction} NAME=VALUE, one to a line`);
  return [match[1]!, match[2] ?? match[3]!];
}
