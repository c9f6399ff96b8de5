import { ProfileError } from "./errors.ts";

/**
 * Everything a stream gives, at most `limit_bytes` within `limit_seconds`: whoever answers may be hostile and answer
 * for ever, or never. Throws ProfileError past a bound; the stream is cancelled then.
 */
export async function readBounded(
  stream: ReadableStream<Uint8Array>,
  { who, limit_bytes, limit_seconds }: { who: string; limit_bytes: number; limit_seconds: number },
): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new ProfileError(`${who} did not finish its answer in ${limit_seconds} s`)),
      limit_seconds * 1000,
    );
  });
  try {
    while (true) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) return concatenate(chunks, length);
      length += value.length;
      if (length > limit_bytes) {
        throw new ProfileError(`${who} answers more than ${limit_bytes} bytes: given up`);
      }
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error instanceof ProfileError ? error : new ProfileError(`${who} broke off its answer`);
  } finally {
    clearTimeout(timer);
  }
}

function concatenate(chunks: Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
