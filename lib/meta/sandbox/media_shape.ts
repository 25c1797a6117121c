/**
 * Checks the objects that point to a file, in messages and template headers:
 * exactly one of `id` (an uploaded file) and `link` (a public URL). The sandbox
 * never fetches the link; real Meta does so after it has accepted the message.
 */
import { httpUrl, object, requireObject, type Shape, text } from "@/lib/meta/sandbox/json_shape.ts";
import { SandboxRefusal } from "@/lib/meta/sandbox/refusal.ts";

/** A file by id or link, with these further optional properties. */
export function mediaSource(further: Record<string, Shape> = {}): Shape {
  return (value, path) => {
    object({}, {
      id: text({ pattern: /^\d+$/, expected: "a media id" }),
      link: httpUrl,
      ...further,
    })(value, path);
    const media = requireObject(value, path);
    if (media.id === undefined && media.link === undefined) {
      throw new SandboxRefusal(
        131008,
        `The parameter ${path}['id'] or ${path}['link'] is required.`,
      );
    }
    if (media.id !== undefined && media.link !== undefined) {
      throw new SandboxRefusal(
        100,
        `Param ${path} must have exactly one of id and link.`,
      );
    }
  };
}
