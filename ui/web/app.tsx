/** Which screen stands in the frame. */

import { useEffect } from "preact/hooks";
import { address, isFleet } from "./address.ts";
import { connect } from "./live.ts";
import { Frame, Headline } from "./components/layout.tsx";
import { Note } from "./components/state.tsx";
import { AlertsScreen } from "./screens/alerts.tsx";
import { CompareScreen } from "./screens/compare.tsx";
import { FleetFrame } from "./screens/fleet/frame.tsx";
import { FleetScreen } from "./screens/fleet/fleet.tsx";
import { LifetimeScreen } from "./screens/fleet/lifetime.tsx";
import { ContainersScreen } from "./screens/containers.tsx";
import { KernelScreen } from "./screens/kernel.tsx";
import { NowScreen } from "./screens/now.tsx";
import { ProcessScreen } from "./screens/process.tsx";
import { ProcessesScreen } from "./screens/processes.tsx";
import { SessionsScreen } from "./screens/sessions.tsx";
import { useNow } from "./view_state.ts";

export function App() {
  return isFleet.value ? <Fleet /> : <Machine />;
}

function Fleet() {
  return <FleetFrame>{address.value.screen === "fleet" ? <FleetScreen /> : <LifetimeScreen />}</FleetFrame>;
}

function Machine() {
  const { screen, session, pid, start_ticks } = address.value;
  const now = useNow();
  const state = now.data;
  useEffect(() => {
    if (session === null) connect();
  }, [session]);
  useEffect(() => {
    const host = state?.view.hostname;
    document.title = [screen === "now" ? null : screen, host, "leakwatch"].filter(Boolean).join(" · ");
  }, [screen, state?.view.hostname]);
  const hasHeadline = screen !== "sessions" && screen !== "compare" && screen !== "nowhere";
  return (
    <Frame state={state}>
      {hasHeadline && <Headline now={now} />}
      {screen === "now" && <NowScreen session={session} now={now} />}
      {screen === "processes" && <ProcessesScreen session={session} />}
      {screen === "process" && <ProcessScreen session={session} pid={pid} start_ticks={start_ticks} />}
      {screen === "kernel" && <KernelScreen session={session} />}
      {screen === "containers" && <ContainersScreen session={session} />}
      {screen === "alerts" && <AlertsScreen session={session} />}
      {screen === "sessions" && <SessionsScreen />}
      {screen === "compare" && <CompareScreen />}
      {screen === "nowhere" && (
        <Note title="There is no such screen">
          <a href="/">Go to this machine</a>
        </Note>
      )}
    </Frame>
  );
}
