/** What rules of the scopes `container` and `unit` see of one. */

import type { ContainerSample, UnitSample } from "../../../model/sample.ts";
import { containerTitle } from "../../../model/container_title.ts";
import { unitTitle } from "../../../model/unit_title.ts";
import { containerKillsStep, containerStep, unitKillsStep, unitStep } from "../../next_steps/cgroups.ts";

const limitShare = (used: number | null, limit: number | null) =>
  used === null || limit === null || limit <= 0 ? NaN : 100 * used / limit;

export class ContainerFacts {
  container!: ContainerSample;
  oom_kills_new = NaN;
  restarts_new = NaN;

  get id() {
    return this.container.id.slice(0, 12);
  }
  get service(): string | null {
    return this.name;
  }
  get name() {
    return containerTitle(this.container);
  }
  get engine(): string {
    return this.container.engine;
  }
  get image() {
    return this.container.image ?? "";
  }
  get pod() {
    return this.container.pod ?? "";
  }
  get usage_bytes() {
    return this.container.usage_bytes ?? NaN;
  }
  get working_set_bytes() {
    return this.container.working_set_bytes ?? NaN;
  }
  get limit_bytes() {
    return this.container.limit_bytes ?? NaN;
  }
  get limit_used_percent() {
    return limitShare(this.container.working_set_bytes, this.container.limit_bytes);
  }
  get restarts() {
    return this.container.restarts ?? NaN;
  }
  get pids() {
    return this.container.pids ?? NaN;
  }
  get inspect_command() {
    return containerStep(this.container);
  }
  get inspect_kills_command() {
    return containerKillsStep(this.container);
  }
}

export class UnitFacts {
  unit!: UnitSample;
  oom_kills_new = NaN;

  get service(): string | null {
    return this.name;
  }
  get name() {
    return unitTitle(this.unit);
  }
  get kind(): string {
    return this.unit.kind;
  }
  get usage_bytes() {
    return this.unit.usage_bytes ?? NaN;
  }
  get working_set_bytes() {
    return this.unit.working_set_bytes ?? NaN;
  }
  get limit_bytes() {
    return this.unit.limit_bytes ?? NaN;
  }
  get limit_used_percent() {
    return limitShare(this.unit.working_set_bytes, this.unit.limit_bytes);
  }
  get inspect_command() {
    return unitStep(this.unit.name, this.unit.cgroup);
  }
  get inspect_kills_command() {
    return unitKillsStep(this.unit.name, this.unit.cgroup);
  }
}
