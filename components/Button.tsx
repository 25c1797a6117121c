/** Everything that looks like a button: a link if it has an address, else a button. One primary one per page or card. */
import type { ComponentChildren, VNode } from "preact";

/** How much a button wants to be pressed. */
export type ButtonVariant = "primary" | "secondary" | "danger" | "ghost";

const VARIANTS: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-accent-ink hover:bg-accent-strong",
  secondary: "border-control/60 bg-surface text-ink hover:bg-raised hover:border-control",
  danger: "border-transparent bg-bad text-bad-ink hover:bg-bad-strong",
  ghost: "border-transparent text-muted hover:bg-raised hover:text-ink",
};

const SIZES = { sm: "min-h-8 px-2.5 text-xs", md: "min-h-9 px-3.5 text-sm" };

/** The classes of a button, for the rare element that cannot be one (a `<summary>`). */
export function buttonClass(
  variant: ButtonVariant = "secondary",
  size: "sm" | "md" = "md",
): string {
  return "inline-flex items-center justify-center gap-1.5 rounded-md border py-1 font-medium whitespace-nowrap " +
    "no-underline transition-colors disabled:cursor-not-allowed disabled:border-line disabled:bg-raised " +
    `disabled:text-muted ${SIZES[size]} ${VARIANTS[variant]}`;
}

/** What a button can be told. */
export interface ButtonProps {
  variant?: ButtonVariant | undefined;
  size?: "sm" | "md" | undefined;
  /** Makes it a link. */
  href?: string | undefined;
  type?: "submit" | "button" | "reset" | undefined;
  name?: string | undefined;
  value?: string | undefined;
  /** The id of the form that it submits, where it stands outside of it. */
  form?: string | undefined;
  disabled?: boolean | undefined;
  icon?: ComponentChildren;
  /** Read out in place of the children: needed where those are an icon alone. */
  label?: string | undefined;
  /** For islands. */
  onClick?: ((event: MouseEvent) => void) | undefined;
  /** Widths and margins. */
  class?: string | undefined;
  children?: ComponentChildren;
}

/** A button, or a link that looks like one. Without a type it submits its form. */
export function Button(
  { variant = "secondary", size = "md", icon, label, children, ...props }: ButtonProps,
): VNode {
  const look = `${buttonClass(variant, size)} ${props.class ?? ""}`;
  const content = (
    <>
      {icon}
      {children}
    </>
  );
  if (props.href !== undefined) {
    return (
      <a href={props.href} class={look} aria-label={label} onClick={props.onClick}>{content}</a>
    );
  }
  const { type = "submit", href: _link, class: _look, ...rest } = props;
  return <button {...rest} type={type} aria-label={label} class={look}>{content}</button>;
}
