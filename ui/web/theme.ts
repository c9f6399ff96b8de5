/** Light, dark or as the system has it; paper is always light. */

import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
const KEY = "leakwatch-theme";

const stored = (): Theme => {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "auto";
  } catch {
    return "auto";
  }
};

export const theme = signal<Theme>(stored());
/** Changes whenever colours may have changed: charts draw anew. */
export const palette = signal(0);

export function nextTheme(): void {
  theme.value = theme.value === "auto"
    ? (prefersDark() ? "light" : "dark")
    : theme.value === "dark"
    ? "light"
    : "auto";
  try {
    localStorage.setItem(KEY, theme.value);
  } catch { /* a private window forgets */ }
}

export const isOnPaper = (): boolean => matchMedia("print").matches;
const prefersDark = () => matchMedia("(prefers-color-scheme: dark)").matches;
/** Whether the page is dark now, by its own switch or the system's. */
export const isDark = (): boolean =>
  !isOnPaper() && (theme.value === "auto" ? prefersDark() : theme.value === "dark");

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  palette.value = palette.peek() + 1;
});
for (const condition of ["(prefers-color-scheme: dark)", "print"]) {
  matchMedia(condition).addEventListener("change", () => palette.value++);
}

const known = new Map<string, string>();
palette.subscribe(() => known.clear());

/** Value of a custom property as it is now. `light-dark()` is resolved by way of a real colour. */
export function color(name: string): string {
  let value = known.get(name);
  if (value === undefined) {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    known.set(name, value = getComputedStyle(probe).color);
    probe.remove();
  }
  return value;
}
