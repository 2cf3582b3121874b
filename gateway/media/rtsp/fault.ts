/** Why a camera gives no picture: a closed set of words, shown on the health page. */

export type RtspFaultKind =
  | 'badUrl'
  | 'unreachable'
  | 'timeout'
  | 'unauthorized'
  | 'refused'
  | 'busy'
  | 'protocol'
  | 'unsupported'
  | 'silent'
  | 'udpSilent'
  | 'redirected'
  | 'certificate'
  | 'closed'

/** What the camera said beside the fault. */
interface FaultHints {
  /** The answer's status code. */
  readonly status?: number
  /** Where a redirect points, unchecked. */
  readonly location?: string
  /** How long the camera wants to be left alone. */
  readonly retryAfterMs?: number
}

/** Ends a session; the ingest decides by `kind` when to try again. `message` never holds a secret. */
export class RtspFault extends Error {
  readonly kind: RtspFaultKind
  readonly hints: FaultHints

  constructor(kind: RtspFaultKind, detail: string, hints: FaultHints = {}) {
    super(`${kind}: ${detail}`)
    this.name = 'RtspFault'
    this.kind = kind
    this.hints = hints
  }
}
