/** All that the server is made from; `cli/serve` puts it together. */

import type { AccessOptions } from "./access_control.ts";
import type { AboutReply, FleetPort, SessionsReply } from "./api.ts";
import type { AssetTexts } from "./assets.ts";
import type { LiveView } from "./live_view.ts";
import type { View } from "./view.ts";

export interface ServerPorts {
  about: AboutReply;
  live: LiveView;
  /** Recorded sessions. */
  library: {
    list(): Promise<SessionsReply>;
    /** Null: no session has this id. The id is looked up in the list and never used as a path. */
    open(id: string): Promise<View | null>;
  };
  /** A fleet's history; left out: this machine is shown. */
  fleet?: FleetPort;
  access: AccessOptions;
  assets: AssetTexts;
  /** Says an unexpected error on standard error. */
  report?(message: string): void;
}
