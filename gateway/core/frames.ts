/** A bad frame is a value, a bug throws: the result type of every pure decoder. */
export type Decoded<T, Reason extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: Reason; readonly detail?: string }
