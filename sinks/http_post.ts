/** POSTs JSON with a time-out; used by the webhook and the Alertmanager sink. */

import { parseDuration } from "../model/quantity.ts";
import { PermanentError } from "./delivery_queue.ts";

export interface HttpOptions {
  url: string;
  headers?: Record<string, string>;
  token_file?: string;
  ca_file?: string;
  timeout?: string | number;
}

export class HttpPoster {
  readonly #options: HttpOptions;
  readonly #timeoutSeconds: number;
  #client: Deno.HttpClient | null = null;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#timeoutSeconds = parseDuration(options.timeout ?? 10) ?? 10;
  }

  /**
   * Resolves once the receiver accepted the body. Rejects where trying again may help (no answer, 408, 429, 5xx), with
   * PermanentError where it will not. Redirects are not followed: they would carry the token to somebody else.
   */
  async post(url: string, body: unknown, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutSeconds * 1000)]);
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...this.#options.headers, ...this.#authorization() },
      redirect: "manual",
      signal: limit,
      client: this.#httpClient(),
    } as RequestInit);
    await response.body?.cancel();
    if (response.ok) return;
    const why = `answered ${response.status}`;
    const mayWork = response.status >= 500 || response.status === 408 || response.status === 429;
    throw mayWork ? new Error(why) : new PermanentError(why);
  }

  close(): void {
    this.#client?.close();
    this.#client = null;
  }

  /** Read at each request, so that a token can be renewed while leakwatch runs. */
  #authorization(): Record<string, string> {
    const file = this.#options.token_file;
    if (file === undefined) return {};
    return { authorization: `Bearer ${Deno.readTextFileSync(file).trim()}` };
  }

  #httpClient(): Deno.HttpClient | undefined {
    if (this.#options.ca_file === undefined) return undefined;
    this.#client ??= Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(this.#options.ca_file)] });
    return this.#client;
  }
}
