import assert from "node:assert/strict";
import { browserCommand, type BrowserPlace, sshTunnel } from "../../../cli/serve/offer_browser.ts";

const place = (
  variables: Record<string, string>,
  is_terminal = true,
  tools: readonly string[] = ["xdg-open"],
): BrowserPlace => ({
  is_terminal,
  env: (name) => variables[name],
  hasTool: (name) => tools.includes(name),
});

Deno.test("serve: a browser is offered only on a terminal that has one", () => {
  assert.equal(browserCommand(place({ DISPLAY: ":0", USER: "ada" })), "xdg-open");
  assert.equal(browserCommand(place({ WAYLAND_DISPLAY: "wayland-0" }, true, ["gio"])), "gio");
  for (
    const without of [
      place({}),
      place({ DISPLAY: ":0" }, false),
      place({ DISPLAY: ":0" }, true, []),
      place({ DISPLAY: "localhost:10.0", SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22" }),
      place({ DISPLAY: ":0", USER: "root" }),
    ]
  ) assert.equal(browserCommand(without), null);
});

Deno.test("serve: says how to reach a loopback address over ssh", () => {
  assert.equal(
    sshTunnel("http://127.0.0.1:7437/?token=x", "db-7"),
    "from another machine: ssh -L 7437:127.0.0.1:7437 db-7, then open the same address there",
  );
  assert.match(sshTunnel("http://[::1]:80/", "db-7") ?? "", /ssh -L 80:\[::1\]:80 /);
  assert.equal(sshTunnel("http://10.0.0.2:7437/", "db-7"), null);
});
