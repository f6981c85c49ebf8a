// A colour a part, the same wherever the part is seen; light and dark.
const HUES: Record<string, [light: string, dark: string]> = {
  melody: ["#c2410c", "#fb923c"], drums: ["#6b7280", "#9ca3af"], bass: ["#1d4ed8", "#6ea8fe"],
  piano: ["#7c3aed", "#b69cff"], guitar: ["#15803d", "#5fd18a"], keys: ["#0e7490", "#4fd0e4"],
  strings: ["#be185d", "#f58ac0"], winds: ["#a16207", "#f0c14b"], synth: ["#0f766e", "#4fd8c4"],
  chords: ["#7c3aed", "#b69cff"],
};
const FAMILY = ["piano", "keys", "keys", "guitar", "bass", "strings", "strings", "winds", "winds", "winds", "synth", "synth", "synth", "guitar", "synth", "synth"];
const dark = matchMedia("(prefers-color-scheme: dark)");

export function colour(track: { name: string; program: number; drum: boolean }): string {
  const name = track.name.toLowerCase();
  const part = name in HUES ? name : track.drum ? "drums" : FAMILY[track.program >> 3] ?? "synth";
  return HUES[part][dark.matches ? 1 : 0];
}

export const onScheme = (redraw: () => void): void => dark.addEventListener("change", redraw);

/** A colour of the stylesheet. */
export const tint = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
