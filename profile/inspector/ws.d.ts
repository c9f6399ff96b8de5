/** What is used of npm:ws. Its full types would bring those of Node, in which a timer is no number. */
export default class WebSocket {
  constructor(url: string, options: {
    /** Bytes of one message, fragments together. */
    maxPayload: number;
    perMessageDeflate: boolean;
    followRedirects: boolean;
    /** Milliseconds. */
    handshakeTimeout: number;
  });
  on(event: "message", handler: (data: Uint8Array) => void): void;
  on(event: "error", handler: (error: Error) => void): void;
  on(event: "open" | "close", handler: () => void): void;
  send(text: string): void;
  /** Ends the connection at once. */
  terminate(): void;
}
