/**
 * `deno task dashboard`: deploy/grafana/leakwatch.json, the Grafana dashboard over leakwatch's metrics, made with Grafana's own
 * builders so that its schema is theirs. Only for those who develop; nothing of it is in the program.
 */

import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { METRIC_NAMES as M } from "../model/metric_names.ts";

const OUTPUT = new URL("../deploy/grafana/leakwatch.json", import.meta.url);
const DATASOURCE = { type: "prometheus", uid: "${datasource}" };
const AT = 'instance=~"$instance"';
/** A finding's series joined with its verdict: what another finding explains is left out. */
const ofLeaks = (metric: string) =>
  `${metric}{${AT}} * on (job, instance, kind, subject) group_left () ` +
  `max by (job, instance, kind, subject) (${M.finding_info}{${AT},verdict="leak",echo="0"})`;

const query = (expr: string, legend: string) =>
  new DataqueryBuilder().datasource(DATASOURCE).expr(expr).legendFormat(legend).range();
const instant = (expr: string) =>
  new DataqueryBuilder().datasource(DATASOURCE).expr(expr).instant().format("table" as never);

interface PanelText {
  title: string;
  description: string;
  unit: string;
  queries: [expr: string, legend: string][];
  /** Columns of 24. */
  span?: number;
}

function timeseries({ title, description, unit, queries, span = 12 }: PanelText) {
  const panel = new TimeseriesBuilder().title(title).description(description).datasource(DATASOURCE)
    .unit(unit).min(0).span(span).height(8).fillOpacity(8).lineWidth(1);
  for (const [expr, legend] of queries) panel.withTarget(query(expr, legend));
  return panel;
}

function stat({ title, description, unit, queries }: PanelText) {
  const panel = new StatBuilder().title(title).description(description).datasource(DATASOURCE).unit(unit)
    .span(6).height(4);
  for (const [expr, legend] of queries) panel.withTarget(query(expr, legend));
  return panel;
}

/** The dashboard as Grafana imports it. */
export function dashboardJson(): string {
  const builder = new DashboardBuilder("leakwatch").uid("leakwatch").tags(["leakwatch", "memory"])
    .description("Who leaks memory on the machines that leakwatch watches, how fast, and until when.")
    .refresh("1m").time({ from: "now-24h", to: "now" }).editable()
    .withVariable(new DatasourceVariableBuilder("datasource").label("data source").type("prometheus"))
    .withVariable(
      new QueryVariableBuilder("instance").label("machine").datasource(DATASOURCE)
        .query(`label_values(${M.build_info}, instance)`).refresh(2 as never).multi(true).includeAll(true)
        .allValue(".*"),
    )
    .withRow(new RowBuilder("Verdicts"))
    .withPanel(stat({
      title: "Leaks",
      description: "Findings with the verdict leak, those that another one explains included.",
      unit: "short",
      queries: [[`sum(${M.findings}{${AT},verdict="leak"})`, "leaks"]],
    }))
    .withPanel(stat({
      title: "Growing",
      description: "What grows and is not called a leak, or not yet.",
      unit: "short",
      queries: [[`sum(${M.findings}{${AT},verdict="growing"})`, "growing"]],
    }))
    .withPanel(stat({
      title: "Soonest limit",
      description: "Time until the first limit is reached, of all that leaks.",
      unit: "s",
      queries: [[`min(${M.finding_time_to_limit_seconds}{${AT}})`, "soonest"]],
    }))
    .withPanel(stat({
      title: "Machines watched",
      description: "Instances of leakwatch that answered the last scrape.",
      unit: "short",
      queries: [[`count(${M.build_info}{${AT}})`, "machines"]],
    }))
    .withPanel(
      new TableBuilder().title("Findings").description(
        "Growth per hour of each leak, with its probability below.",
      ).datasource(DATASOURCE)
        .span(24).height(8).withTarget(instant(`sort_desc(${ofLeaks(M.finding_growth_bytes_per_hour)})`)),
    )
    .withPanel(timeseries({
      title: "Growth of leaks",
      description: "Bytes per hour, as leakwatch estimates them.",
      unit: "bytes",
      queries: [[ofLeaks(M.finding_growth_bytes_per_hour), "{{instance}} {{subject}}"]],
    }))
    .withPanel(timeseries({
      title: "Probability of a leak",
      description: "0.8 and more is called a leak.",
      unit: "percentunit",
      queries: [[`${M.finding_probability}{${AT}}`, "{{instance}} {{subject}}"]],
    }))
    .withRow(new RowBuilder("Memory"))
    .withPanel(timeseries({
      title: "Memory in use",
      description: "Total less available.",
      unit: "percentunit",
      queries: [[`1 - ${M.memory_available_bytes}{${AT}} / ${M.memory_total_bytes}{${AT}}`, "{{instance}}"]],
    }))
    .withPanel(timeseries({
      title: "Largest processes",
      description: "Anonymous and swapped memory: what a process can leak.",
      unit: "bytes",
      queries: [[`topk(10, ${M.process_leakable_bytes}{${AT}})`, "{{instance}} {{name}} ({{pid}})"]],
    }))
    .withPanel(timeseries({
      title: "Growth that stayed",
      description: "Of processes, over the growth period (an hour): the rise of the floor.",
      unit: "bytes",
      queries: [[`topk(10, ${M.process_growth_bytes}{${AT}} > 0)`, "{{instance}} {{name}} ({{pid}})"]],
    }))
    .withPanel(timeseries({
      title: "Containers against their limits",
      description: "Working set as a share of the limit.",
      unit: "percentunit",
      queries: [[
        `topk(10, ${M.container_working_set_bytes}{${AT}} / ${M.container_limit_bytes}{${AT}})`,
        "{{instance}} {{name}}",
      ]],
    }))
    .withPanel(timeseries({
      title: "Kernel",
      description: "Unreclaimable slab, and memory that no line of /proc/meminfo names.",
      unit: "bytes",
      queries: [
        [`${M.memory_slab_unreclaimable_bytes}{${AT}}`, "{{instance}} slab"],
        [`${M.memory_unaccounted_bytes}{${AT}}`, "{{instance}} unaccounted"],
      ],
    }))
    .withPanel(timeseries({
      title: "Waiting for memory",
      description: "Share of time in which some task waited (PSI).",
      unit: "percentunit",
      queries: [[
        `rate(${M.pressure_stalled_seconds_total}{${AT},resource="memory",share="some"}[$__rate_interval])`,
        "{{instance}}",
      ]],
    }))
    .withRow(new RowBuilder("Descriptors and leakwatch itself"))
    .withPanel(timeseries({
      title: "Descriptors against their limits",
      description: "Open descriptors as a share of the soft limit.",
      unit: "percentunit",
      queries: [[
        `topk(10, ${M.process_open_descriptors}{${AT}} / ${M.process_descriptor_limit}{${AT}})`,
        "{{instance}} {{name}} ({{pid}})",
      ]],
    }))
    .withPanel(timeseries({
      title: "What leakwatch takes",
      description: "Its own resident memory.",
      unit: "bytes",
      queries: [[
        `process_resident_memory_bytes and on (job, instance) ${M.build_info}{${AT}}`,
        "{{instance}}",
      ]],
    }));
  return JSON.stringify(builder.build(), null, 2) + "\n";
}

if (import.meta.main) Deno.writeTextFileSync(OUTPUT, dashboardJson());
