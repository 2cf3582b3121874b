/** 调取清单: who looked at, took or gave out what was recorded, when and why, from the audit log. */

/** Actions of the audit log that open or take what was recorded. */
export const RETRIEVALS = [
  'recordingView',
  'recordingStill',
  'cameraStill',
  'evidenceView',
  'voiceHear',
  'export.order',
  'export.handOut'
] as const
export type RetrievalAction = (typeof RETRIEVALS)[number]

export interface RetrievalLine {
  /** Number in the audit log. */
  readonly seq: number
  readonly atMs: number
  readonly who: string
  readonly action: RetrievalAction
  readonly refused: boolean
  /** Camera, recording or export, as people name it. */
  readonly what: string
  /** Where the gateway gave the name itself. */
  readonly whatEn?: string
  /** Number of the incident. */
  readonly incident?: string
  /** Of what was recorded, UTC ms. */
  readonly fromMs?: number
  readonly toMs?: number
  /** `public`, `incident`, or the words of whoever looked. */
  readonly reason?: string
  readonly receiver?: string
}

export interface Retrievals {
  readonly fromDay: string
  readonly toDay: string
  readonly lines: readonly RetrievalLine[]
}

/** Lines of one list; more days are asked for apart. */
export const RETRIEVALS_MAX = 5_000
