/** 127.0.0.0/8, ::1 and localhost reach nobody else. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
