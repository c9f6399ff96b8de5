import type { Roots } from "../../collectors/collector.ts";
import type { Sample } from "../../collectors/sample.ts";
import type { Finding } from "../../rules/finding.ts";
import type { Judge } from "../judge.ts";
import type { Observer } from "../watch.ts";
import type { ProcessMappings } from "./model.ts";

export class DeepLook {
  mappings: ProcessMappings[] = [];
  constructor(readonly roots: Roots, readonly pids: readonly number[]) {}
  follow(_judge: Judge): Observer {
    return { observe() {} };
  }
  finish(_sample: Sample, _findings: readonly Finding[]): void {}
}
