// A colour a part, the same wherever the part is seen; light and dark.
const HUES: Record<string, [light: string, dark: string]> = {
  melody: ["#c2410c", "#fb923c"], drums: ["#6b7280", "#9ca3af"], bass: ["#1d4ed8", "#6ea8fe"],
  piano: ["#7c3aed", "#b69cff"], guitar: ["#15803d", "#5fd18a"], keys: ["#0e7490", "#4fd0e4"],
  strings: ["#be185d", "#f58ac0"], winds: ["#a16207", "#f0c14b"], synth: ["#0f766e", "#4fd8c4"],
  brass: ["#b45309", "#f7b267"], voices: ["#9d174d", "#f9a8d4"],
};
const dark = matchMedia("(prefers-color-scheme: dark)");

export const colour = (track: { part: string }): string => (HUES[track.part] ?? HUES.synth)[dark.matches ? 1 : 0];

export const onScheme = (redraw: () => void): void => dark.addEventListener("change", redraw);

const tints = new Map<string, string>(); // asked for many times a frame
dark.addEventListener("change", () => tints.clear());

/** A colour of the stylesheet. */
export function tint(name: string): string {
  let found = tints.get(name);
  if (!found) tints.set(name, found = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return found;
}
