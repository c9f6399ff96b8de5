/** Who we are to the server: from files, never from the command line, which everybody can read. */

import { FleetError } from "./errors.ts";

export interface CredentialOptions {
  token_file?: string;
  user?: string;
  password_file?: string;
  /** Lines `Name: value`. */
  header_file?: string;
  ca_file?: string;
  cert_file?: string;
  key_file?: string;
}

export interface Credentials {
  headers: Record<string, string>;
  /** Null where the plain client does. */
  client: Deno.HttpClient | null;
}

/** Reads the files once. Throws FleetError naming the file, also where others may read a secret. */
export function readCredentials(options: CredentialOptions): Credentials {
  const { token_file, user, password_file, header_file, ca_file, cert_file, key_file } = options;
  if (token_file && (user || password_file)) throw denied("give --token-file or --user, not both");
  if ((user === undefined) !== (password_file === undefined)) {
    throw denied("--user and --password-file belong together");
  }
  if ((cert_file === undefined) !== (key_file === undefined)) {
    throw denied("--cert-file and --key-file belong together");
  }
  if (user?.includes(":")) {
    throw denied("--user: the name must not contain a colon; put the password into --password-file");
  }
  const headers: Record<string, string> = header_file
    ? parseHeaders(readSecret(header_file), header_file)
    : {};
  if (token_file) headers["authorization"] = `Bearer ${firstLine(readSecret(token_file), token_file)}`;
  if (user !== undefined && password_file !== undefined) {
    const pair = new TextEncoder().encode(`${user}:${firstLine(readSecret(password_file), password_file)}`);
    headers["authorization"] = `Basic ${btoa(String.fromCharCode(...pair))}`;
  }
  if (!ca_file && !cert_file) return { headers, client: null };
  return { headers, client: httpClient(ca_file, cert_file, key_file) };
}

function httpClient(ca?: string, cert?: string, key?: string): Deno.HttpClient {
  const caCerts = ca ? [readText(ca)] : [];
  const pair = cert && key ? { cert: readText(cert), key: readSecret(key) } : {};
  try {
    return Deno.createHttpClient({ caCerts, ...pair } as Deno.CreateHttpClientOptions);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw denied(`${[ca, cert, key].filter(Boolean).join(", ")}: ${why}; PEM files are required`);
  }
}

/** `Name: value` per line; blank lines and those that begin with # are left out. */
function parseHeaders(text: string, file: string): Record<string, string> {
  const headers: Record<string, string> = {};
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*?)[ \t\r]*$/.exec(line);
    if (!match) throw denied(`header file ${file}: line ${index + 1} is not "Name: value"`);
    headers[match[1]!.toLowerCase()] = match[2]!;
  });
  return headers;
}

function firstLine(text: string, file: string): string {
  const line = text.split("\n")[0]!.trim();
  if (line === "") throw denied(`${file}: its first line is empty`);
  return line;
}

/** A file that only its owner and group may read. */
function readSecret(path: string): string {
  const text = readText(path);
  const { mode } = Deno.statSync(path);
  if (mode !== null && (mode & 0o007) !== 0) {
    throw denied(`${path}: everybody can read it; chmod 600 ${path}`);
  }
  return text;
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof Deno.errors.PermissionDenied
      ? "permission denied"
      : error instanceof Error
      ? error.message
      : String(error);
    throw denied(`${path}: ${why}`);
  }
}

const denied = (message: string) => new FleetError("denied", message);
