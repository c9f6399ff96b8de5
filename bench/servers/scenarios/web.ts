/** Web servers, proxies, a browser, a metrics store, and builds. */
import { pathToFileURL } from "node:url";
import { type Context, healthy, leak, MIB, requests, type Scenario } from "../scenario.ts";

const modules = "/usr/lib/apache2/modules";

function writeApacheConfiguration({ folder, port, prepared }: Context): void {
  Deno.writeTextFileSync(
    `${folder}/httpd.conf`,
    `LoadModule mpm_prefork_module ${modules}/mod_mpm_prefork.so
LoadModule authz_core_module ${modules}/mod_authz_core.so
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
User www-data
Group www-data
DocumentRoot ${prepared}/pages
StartServers 5
MaxRequestWorkers 10
MaxConnectionsPerChild 400
KeepAlive Off
<Directory ${prepared}/pages>
  Require all granted
</Directory>
`,
  );
}

function writeNginxConfiguration(context: Context, server: string): void {
  const { folder, port } = context;
  Deno.writeTextFileSync(
    `${folder}/nginx.conf`,
    `user www-data;
daemon off;
worker_processes 2;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log off;
  server { listen 127.0.0.1:${port}; ${server} }
}
`,
  );
}

const page = (port: number, number: number) => `http://127.0.0.1:${port}/page/${number}`;

const SERVERS: Scenario[] = [
  healthy({
    name: "nginx",
    what: "two workers, static pages",
    needs: ["nginx"],
    prepare: (context) => writeNginxConfiguration(context, `root ${context.prepared}/pages; gzip on;`),
    command: (
      { folder },
    ) => ["nginx", "-p", folder, "-e", `${folder}/error.log`, "-c", `${folder}/nginx.conf`],
    load: requests(10),
  }),
  healthy({
    name: "apache",
    what: "prefork, workers replaced after 400 connections",
    needs: ["apache2"],
    prepare: writeApacheConfiguration,
    command: ({ folder }) => ["apache2", "-d", folder, "-f", `${folder}/httpd.conf`, "-DFOREGROUND"],
    load: ({ port }) => [{ over: "http", per_second: 8, url: () => `http://127.0.0.1:${port}/index.html` }],
  }),
  healthy({
    name: "php-fpm",
    what: "three workers behind nginx, replaced after 300 requests",
    needs: ["php-fpm8.2", "nginx"],
    prepare: (context) => {
      const { folder, programs } = context;
      Deno.writeTextFileSync(
        `${folder}/fpm.conf`,
        `[global]
error_log = ${folder}/fpm.log
daemonize = no
[www]
user = www-data
listen = ${folder}/fpm.sock
listen.owner = www-data
pm = static
pm.max_children = 3
pm.max_requests = 300
`,
      );
      writeNginxConfiguration(
        context,
        `location / { fastcgi_pass unix:${folder}/fpm.sock; fastcgi_param REQUEST_METHOD GET; ` +
          `fastcgi_param SCRIPT_FILENAME ${programs}/page.php; }`,
      );
    },
    command: (
      { folder },
    ) => ["nginx", "-p", folder, "-e", `${folder}/error.log`, "-c", `${folder}/nginx.conf`],
    client: ({ folder }) => ["php-fpm8.2", "-n", "-y", `${folder}/fpm.conf`],
    load: requests(4),
  }),
  healthy({
    name: "haproxy",
    what: "in front of a web server",
    needs: ["haproxy"],
    uses: ["server"],
    prepare: ({ folder, port, originPort }) =>
      Deno.writeTextFileSync(
        `${folder}/haproxy.cfg`,
        `global
  maxconn 200
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend all
  bind 127.0.0.1:${port}
  default_backend origin
backend origin
  server one 127.0.0.1:${originPort}
`,
      ),
    command: ({ folder }) => ["haproxy", "-db", "-f", `${folder}/haproxy.cfg`],
    load: ({ port }) => [{ over: "http", per_second: 10, url: (number) => page(port, number) }],
  }),
  healthy({
    name: "varnish",
    what: "malloc storage of 48 MB, full after 12 min",
    needs: ["varnishd"],
    uses: ["server"],
    declared_cap: { bytes: 48 * MIB, where: "-s malloc,48m" },
    warm_up_seconds: 720,
    command: ({ folder, port, originPort }) => [
      "varnishd",
      ...["-F", "-n", folder, "-a", `127.0.0.1:${port}`, "-b", `127.0.0.1:${originPort}`],
      ...["-s", "malloc,48m", "-j", "none"],
    ],
    load: ({ port }) => [{ over: "http", per_second: 8, url: (number) => page(port, number) }],
  }),
  healthy({
    name: "squid",
    what: "cache_mem 40 MB from its configuration file, full after 12 min",
    needs: ["squid"],
    uses: ["server"],
    declared_cap: { bytes: 40 * MIB, where: "squid.conf: cache_mem 40 MB" },
    warm_up_seconds: 750,
    prepare: ({ folder, port, originPort }) => {
      Deno.writeTextFileSync(
        `${folder}/squid.conf`,
        `http_port 127.0.0.1:${port} accel defaultsite=origin no-vhost
cache_peer 127.0.0.1 parent ${originPort} 0 no-query originserver
http_access allow all
cache_mem 40 MB
pid_filename ${folder}/pid
cache_log ${folder}/cache.log
access_log none
coredump_dir ${folder}
shutdown_lifetime 1 second
cache_effective_user proxy
`,
      );
      Deno.chmodSync(folder, 0o777);
    },
    command: ({ folder }) => ["squid", "--foreground", "-f", `${folder}/squid.conf`],
    load: ({ port }) => [{ over: "http", per_second: 6, url: (number) => page(port, number) }],
  }),
];

const OTHERS: Scenario[] = [
  healthy({
    name: "prometheus",
    what: "scrapes itself every two seconds",
    needs: ["prometheus"],
    warm_up_seconds: 7200,
    prepare: ({ folder, port }) =>
      Deno.writeTextFileSync(
        `${folder}/prometheus.yml`,
        `global:\n  scrape_interval: 2s\nscrape_configs:\n` + ["a", "b", "c"].map((name) =>
          `  - job_name: ${name}\n    static_configs:\n      - targets: ["127.0.0.1:${port}"]\n`
        ).join(""),
      ),
    command: ({ folder, port }) => [
      "prometheus",
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
  }),
  healthy({
    name: "chromium",
    what: "a page that redraws a list",
    needs: ["chromium"],
    warm_up_seconds: 60,
    command: (context) => browser(context, "working.html"),
  }),
  leak({
    name: "chromium-detached",
    what: "a page that keeps the nodes it took away: a renderer grows",
    needs: ["chromium"],
    leaks_in: /--type=renderer/,
    command: (context) => browser(context, "detached.html"),
  }),
  healthy({
    name: "gcc-builds",
    what: "compiles every 25 s",
    needs: ["gcc", "g++"],
    command: ({ programs, folder }) => ["sh", `${programs}/build_loop.sh`, programs, folder, "25"],
  }),
];

function browser({ folder, programs, port }: Context, file: string): string[] {
  return [
    "chromium",
    ...["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions"],
    ...["--disable-background-networking", "--disable-component-update", `--user-data-dir=${folder}/profile`],
    ...[`--remote-debugging-port=${port}`, pathToFileURL(`${programs}/${file}`).href],
  ];
}

export const WEB: Scenario[] = [...SERVERS, ...OTHERS];
