import assert from "node:assert/strict";
import { GuessLimit, originOf } from "../../ui/server/guess_limit.ts";
import { fakeApp, local } from "./fake_app.ts";

const TOKEN = "correct horse battery staple";
const bare = () => {
  const fake = fakeApp();
  fake.observe(fake.machine.advance(2));
  return fake.app;
};
const withToken = () => {
  const fake = fakeApp({ access: { token: TOKEN, is_loopback: false } });
  fake.observe(fake.machine.advance(2));
  return fake.app;
};

function test(name: string, body: () => Promise<void> | void): void {
  Deno.test({ name: `access: ${name}`, fn: body, sanitizeOps: false, sanitizeResources: false });
}

test("names that this server does not go by are refused (DNS rebinding)", async () => {
  const app = bare();
  for (
    const host of [
      "evil.example",
      "evil.example:7437",
      "127.0.0.1.evil.example",
      "",
      "10.0.0.5",
      "a b",
      "localhost.",
      "db-7",
    ]
  ) {
    assert.equal((await app.request(local("/api/now", { host }))).status, 421, host);
  }
  for (const host of ["localhost:7437", "127.0.0.1", "[::1]:7437", "LOCALHOST:1"]) {
    assert.equal((await app.request(local("/api/now", { host }))).status, 200, host);
  }
});

test("on another address its own names and addresses are right", async () => {
  const app = withToken();
  const authorization = `Bearer ${TOKEN}`;
  for (const host of ["db-7:7437", "10.0.0.5:7437", "[fe80::1]:7437"]) {
    assert.equal((await app.request(local("/api/now", { host, authorization }))).status, 200, host);
  }
  assert.equal((await app.request(local("/api/now", { host: "evil.example" }))).status, 421);
});

test("every loopback address is ours", async () => {
  assert.equal((await bare().request(local("/api/now", { host: "127.0.0.2:7437" }))).status, 200);
});

test("a program with the token may use any name, a browser with the cookie may not", async () => {
  const app = withToken();
  const host = "leakwatch.monitoring.svc:7437";
  const ask = async (headers: Record<string, string>) =>
    (await app.request(local("/api/now", { host, ...headers }))).status;
  assert.equal(await ask({ authorization: `Bearer ${TOKEN}` }), 200);
  assert.equal(await ask({ authorization: "Bearer wrong" }), 421);
  assert.equal(await ask({ authorization: `Bearer ${TOKEN}`, origin: "http://evil.example" }), 403);
});

test("wrong tokens are counted over all connections of an address; others are not kept out", async () => {
  const app = withToken();
  const ask = async (token: string, remote_address: string) => {
    const request = local("/api/now", { authorization: `Bearer ${token}` });
    return (await app.fetch(request, { origin: () => remote_address })).status;
  };
  const statuses = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(`wrong ${i}`, "10.0.0.9")));
  assert.equal(statuses.filter((status) => status === 401).length, 10);
  assert.equal(statuses.filter((status) => status === 429).length, 30);
  assert.equal(await ask(TOKEN, "10.0.0.9"), 429, "a guesser learns nothing more");
  assert.equal(await ask(TOKEN, "10.0.0.8"), 200);
  for (let i = 0; i < 40; i++) assert.equal(await ask("last week's", "10.0.0.7"), 401);
  assert.equal(await ask(TOKEN, "10.0.0.7"), 200, "the same wrong one is one guess");
});

test("the allowance for wrong tokens grows again; a host's IPv6 addresses share one", () => {
  const clock = { seconds: 0 };
  const limit = new GuessLimit(() => clock.seconds);
  for (let i = 0; i < 10; i++) limit.record(`2001:db8:0:7::${i}`, `wrong ${i}`);
  assert.ok(limit.isExhausted(() => "2001:db8:0:7:ffff::1"));
  assert.ok(!limit.isExhausted(() => "2001:db8:0:8::1"));
  clock.seconds = 6;
  assert.ok(!limit.isExhausted(() => "2001:db8:0:7::5"));
  assert.equal(originOf("::ffff:10.0.0.9"), "10.0.0.9");
  assert.equal(originOf("fe80::1%eth0"), "fe80:0:0:0");
});

test("the head of the event stream is no viewer", async () => {
  const fake = fakeApp();
  fake.observe(fake.machine.advance(2));
  for (let i = 0; i < 70; i++) {
    const request = new Request("http://127.0.0.1/api/live", {
      method: "HEAD",
      headers: { host: "127.0.0.1" },
    });
    assert.equal((await fake.app.request(request)).status, 200);
  }
  assert.equal(fake.live.presence.viewers, 0);
  assert.equal(fake.live.broadcast.viewers, 0);
});

test("pages of other sites get nothing, a link to us does", async () => {
  const app = bare();
  const refused = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:9999" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" },
    { "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
  ];
  for (const headers of refused) {
    assert.equal(
      (await app.request(local("/api/now", headers as never))).status,
      403,
      JSON.stringify(headers),
    );
  }
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  assert.equal((await app.request(local("/", link))).status, 200);
  assert.equal((await app.request(local("/api/now", { origin: "http://127.0.0.1:7437" }))).status, 200);
});

test("only GET", async () => {
  const app = bare();
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const request = new Request("http://127.0.0.1/api/now", { method, headers: { host: "127.0.0.1" } });
    assert.equal((await app.request(request)).status, 405, method);
  }
});

test("without the token nothing is told but that the server lives", async () => {
  const app = withToken();
  for (const path of ["/", "/api/now", "/api/live", "/metrics", "/app.js", "/api/sessions"]) {
    assert.equal((await app.request(local(path))).status, 401, path);
    assert.equal((await app.request(local(path, { authorization: "Bearer wrong" }))).status, 401, path);
  }
  assert.equal((await app.request(local("/healthz"))).status, 200);
  const page = await app.request(local("/", { accept: "text/html" }));
  assert.equal(page.status, 303);
  assert.equal(page.headers.get("location"), "/login");
});

test("the login page gives a cookie for the token, HttpOnly and SameSite=Strict, that is not the token", async () => {
  const app = withToken();
  const post = (body: string, headers: Record<string, string> = {}) =>
    app.request(
      new Request("http://127.0.0.1:7437/login", {
        method: "POST",
        body,
        headers: {
          host: "127.0.0.1:7437",
          "content-type": "application/x-www-form-urlencoded",
          "content-length": String(body.length),
          ...headers,
        },
      }),
    );
  assert.equal((await post("token=wrong")).status, 401);
  assert.equal((await post(`token=${"x".repeat(5000)}`)).status, 413);
  assert.equal((await post(`token=${TOKEN}`, { origin: "http://evil.example" })).status, 403);
  const right = await post(`token=${encodeURIComponent(TOKEN)}`);
  assert.equal(right.status, 303);
  const cookie = right.headers.get("set-cookie")!;
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  assert.ok(!cookie.includes("horse"));
  const value = cookie.split(";")[0]!;
  assert.equal((await app.request(local("/api/now", { cookie: value }))).status, 200);
  assert.equal((await app.request(local("/api/now", { cookie: `${value}0` }))).status, 401);
});

test("the login page holds no script and the security headers", async () => {
  const response = await withToken().request(local("/login"));
  const text = await response.text();
  assert.ok(text.includes("<form") && !/<script|style=|\son\w+=/.test(text));
  assert.match(response.headers.get("content-security-policy")!, /frame-ancestors 'none'/);
});

test("the address that was printed gives the cookie and does not keep the token, an old cookie or not", async () => {
  const app = withToken();
  const query = `?token=${encodeURIComponent(TOKEN)}`;
  for (const headers of [{}, { cookie: "leakwatch=of-an-earlier-run" }]) {
    const response = await app.request(local(`/processes${query}`, headers as Record<string, string>));
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/processes");
    const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
    assert.equal((await app.request(local("/api/now", { cookie }))).status, 200);
  }
  assert.equal((await app.request(local("/?token=wrong"))).status, 401);
  assert.equal((await app.request(local(`/${query}`, { host: "evil.example" }))).status, 421);
});
