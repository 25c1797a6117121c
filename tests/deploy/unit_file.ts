/** Reads unit files of systemd, as far as the ones in deploy/ go: no continued lines. */

/** The settings of a unit file, by section; a setting may stand there several times. */
export type UnitFile = Map<string, [name: string, value: string][]>;

/** Parses a unit file; throws on a line that is no setting. */
export function parseUnit(text: string): UnitFile {
  const unit: UnitFile = new Map();
  let settings: [string, string][] = [];
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const section = /^\[(\w+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      settings = [];
      unit.set(section, settings);
      continue;
    }
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Not a setting: "${line}"`);
    settings.push([name, value]);
  }
  return unit;
}

/** The one value of a setting. */
export function settingOf(unit: UnitFile, section: string, name: string): string {
  const found = (unit.get(section) ?? []).filter(([each]) => each === name);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${name} is ${found.length} times in [${section}]`);
  }
  return only[1];
}

/** The variables that a unit sets by itself. */
export function environmentOf(unit: UnitFile): Record<string, string> {
  return Object.fromEntries(
    settingOf(unit, "Service", "Environment").split(" ").map((pair) => {
      const [name = "", value = ""] = pair.split("=");
      return [name, value];
    }),
  );
}
