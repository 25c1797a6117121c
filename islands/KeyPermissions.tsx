/**
 * What a key may do: a usual choice or single permissions, and what that lets the key do, in words, at once. The form
 * fields work without scripts; the boxes of a custom choice are shown and hidden by the style sheet alone.
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { Checkbox } from "@/components/Checkbox.tsx";
import { FieldSet } from "@/components/FieldSet.tsx";
import { KeyAbilities } from "@/components/KeyAbilities.tsx";
import { RadioCard } from "@/components/RadioCard.tsx";
import type { Permission, Preset } from "@/lib/keys/permissions.ts";

/** Everything that the choice is made of. */
export interface KeyPermissionsProps {
  presets: { value: Preset; label: string; description: string; scopes: readonly string[] }[];
  permissions: readonly Permission[];
  /** What every key can do, and what none can. */
  everyKey: { can: string; cannot: string };
  preset: string;
  /** The ticked boxes of a custom choice. */
  scopes: readonly string[];
  errors: { preset?: string | undefined; scopes?: string | undefined };
}

export default function KeyPermissions(props: KeyPermissionsProps): VNode {
  const { permissions, everyKey } = props;
  const [preset, setPreset] = useState(props.preset);
  const [ticked, setTicked] = useState(props.scopes);
  const chosen = props.presets.find(({ value }) => value === preset);
  const scopes = preset === "custom" ? ticked : chosen?.scopes ?? [];
  const abilities = (granted: boolean) =>
    permissions.filter(({ scope }) => scopes.includes(scope) === granted)
      .map(({ ability }) => ability);
  const tick = (scope: string, on: boolean) =>
    setTicked((before) => on ? [...before, scope] : before.filter((each) => each !== scope));
  const groups = [...new Set(permissions.map(({ group }) => group))];
  return (
    <div class="group/permissions space-y-5">
      <FieldSet name="preset" legend="Permissions" columns={2} error={props.errors.preset}>
        {props.presets.map(({ value, label, description }) => (
          <RadioCard
            key={value}
            name="preset"
            value={value}
            title={label}
            description={description}
            checked={preset === value}
            onChange={() => setPreset(value)}
          />
        ))}
      </FieldSet>
      <div class="hidden rounded-lg border border-line p-4 group-has-[[value=custom]:checked]/permissions:block">
        <FieldSet name="scopes" legend="Custom permissions" error={props.errors.scopes}>
          {groups.map((group) => (
            <div key={group} role="group" aria-label={group} class="space-y-2.5 pt-1">
              <p class="text-xs font-medium text-muted">{group}</p>
              {permissions.filter((each) =>
                each.group === group
              ).map((permission) => (
                <Checkbox
                  key={permission.scope}
                  name="scopes"
                  value={permission.scope}
                  label={permission.title}
                  hint={permission.description}
                  checked={ticked.includes(permission.scope)}
                  onChange={(event) =>
                    tick(permission.scope, (event.currentTarget as HTMLInputElement).checked)}
                />
              ))}
            </div>
          ))}
        </FieldSet>
      </div>
      <div class="rounded-lg bg-raised p-4 noscript:hidden">
        <KeyAbilities
          live
          can={[...abilities(true), everyKey.can]}
          cannot={[...abilities(false), everyKey.cannot]}
        />
      </div>
    </div>
  );
}
