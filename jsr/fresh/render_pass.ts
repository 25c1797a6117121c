/**
 * Owns what one document collects while it is rendered: the tags of `<Head>`,
 * the nonce of scripts and styles, which outer tags were seen. It listens to
 * Preact's diff hook, which is called for each element before it is rendered;
 * rendering is synchronous, so one pass at a time is active in the process.
 */
import { h, type Options, options, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { HeadContext } from "./head_context.ts";
import { IslandPass } from "./islands/island_pass.ts";

/** The hook's name is mangled; Preact 10 keeps it for such integrations. */
type DiffOptions = Options & { __b?: (vnode: VNode) => void };
type TagProps = Record<string, unknown>;

const HEAD_TAGS = new Set(
  "title meta link script style base noscript template".split(" "),
);

let active: RenderPass | null = null;
let listening = false;
const settled = new WeakSet<VNode>();

/** The rendering of one document. */
export class RenderPass {
  /** Unguessable, new for every document; see the CSP's `nonce-` source. */
  readonly nonce: string = crypto.randomUUID().replaceAll("-", "");
  /** Tags that `<Head>` brought, by what makes two of them the same tag. */
  readonly headTags: Map<string, VNode> = new Map();
  /** The names of the elements that were rendered. */
  readonly seen: Set<string> = new Set();
  /** The islands that were rendered. */
  readonly islands: IslandPass = new IslandPass();

  /** Runs a synchronous rendering as part of this pass. */
  run<T>(render: () => T): T {
    listen();
    const outer = active;
    active = this;
    try {
      return render();
    } finally {
      active = outer;
    }
  }
}

function listen(): void {
  if (listening) return;
  listening = true;
  const diffOptions: DiffOptions = options;
  const previous = diffOptions.__b;
  diffOptions.__b = (vnode) => {
    if (active !== null) {
      if (typeof vnode.type === "string") prepareElement(active, vnode, vnode.type);
      else active.islands.prepare(vnode);
    }
    previous?.(vnode);
  };
}

function prepareElement(pass: RenderPass, vnode: VNode, tag: string): void {
  pass.seen.add(tag);
  if (tag === "head") {
    const children = [vnode.props.children, h(RemainingHead, null)];
    vnode.props = { ...vnode.props, children };
  } else if (HEAD_TAGS.has(tag) && !settled.has(vnode)) {
    const key = headKey(vnode, tag);
    vnode.type = (props: TagProps) => placeTag(tag, key, props);
  }
}

/** Decides, with the context at hand, where a tag that suits a head goes. */
function placeTag(tag: string, key: string, props: TagProps): VNode | null {
  const insideHeadComponent = useContext(HeadContext);
  if (active !== null && (tag === "script" || tag === "style")) {
    props = { nonce: active.nonce, ...props };
  }
  const vnode: VNode = h<TagProps>(tag, props) as VNode;
  settled.add(vnode);
  if (insideHeadComponent) {
    active?.headTags.set(key, vnode);
    return null;
  }
  // A page's tag takes the place of the same tag in the app wrapper.
  const replacement = active?.headTags.get(key);
  active?.headTags.delete(key);
  return replacement ?? vnode;
}

/** What is left of the pages' head tags goes at the end of the head. */
function RemainingHead(): VNode[] {
  const tags = [...active?.headTags.values() ?? []];
  active?.headTags.clear();
  return tags;
}

/**
 * Two tags are the same if they have the same key or, without keys, the same
 * attributes; a title, the content of a meta tag and the target of a canonical
 * link may differ.
 */
function headKey(vnode: VNode, tag: string): string {
  if (vnode.key !== null && vnode.key !== undefined) return String(vnode.key);
  if (tag === "title") return tag;
  const props: TagProps = vnode.props;
  const left = ["children", "nonce", "ref"];
  if (tag === "meta") left.push("content");
  if (props.rel === "canonical" || props.rel === "manifest") left.push("href");
  const names = Object.keys(props).filter((name) => !left.includes(name));
  return tag + JSON.stringify(names.sort().map((name) => [name, props[name]]));
}
