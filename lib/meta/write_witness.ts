/**
 * Observes, for one request each, whether undici has begun to write it to a
 * connection: the proof behind "never written". An error code alone proves
 * less, as a timeout or a reset can strike while a request still waits for its
 * connection. undici calls `onRequestStart` right before the first byte, and
 * over HTTP/1.1 at most once for a request.
 */
import type { Dispatcher } from "undici";

/** Pass one to undici's `request()` as `opaque`. */
export class WriteWitness {
  /** True from just before the first byte may have gone out. */
  written = false;
}

/**
 * The undici interceptor that sets the witness. A request without a witness is
 * refused, since nobody could tell afterwards whether it was written.
 */
export function writeWitnessInterceptor(
  dispatch: Dispatcher.Dispatch,
): Dispatcher.Dispatch {
  return (options, handler) => {
    const witness = "opaque" in options ? options.opaque : undefined;
    if (!(witness instanceof WriteWitness)) {
      throw new TypeError("Request has no WriteWitness in `opaque`");
    }
    return dispatch(options, {
      onRequestStart: (controller, context) => {
        witness.written = true;
        handler.onRequestStart?.(controller, context);
        // An abort noticed in here ends the request before its first byte.
        if (controller.aborted) witness.written = false;
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (controller, error) => {
        handler.onResponseError?.(controller, error);
      },
    });
  };
}
