/** Why a camera gives no picture: a closed set of words, shown on the health page. */

export type RtspFaultKind =
  | 'badUrl'
  | 'unreachable'
  | 'timeout'
  | 'unauthorized'
  | 'refused'
  | 'protocol'
  | 'unsupported'
  | 'silent'
  | 'closed'

/** Ends a session; the ingest decides by `kind` when to try again. `message` never holds a secret. */
export class RtspFault extends Error {
  readonly kind: RtspFaultKind

  constructor(kind: RtspFaultKind, detail: string) {
    super(`${kind}: ${detail}`)
    this.name = 'RtspFault'
    this.kind = kind
  }
}
