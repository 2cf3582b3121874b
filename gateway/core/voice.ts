/** The caller's voice as evidence: what an adapter says of a recording that it makes below the evidence folder, and who takes it. */
import type { EvidenceId, SourceId } from './brand.ts'
import type { ClipResult } from './media.ts'

/** One recording of one call. */
export interface VoiceRecording {
  /** `voice-<uuid>`; the file is named after it. */
  readonly id: EvidenceId
  readonly sourceId: SourceId
  /** The press that the call is. */
  readonly eventId: string
  /** Since when it was listened, UTC ms. */
  readonly fromMs: number
}

/** A finished file, synced; the codec is `alaw` or `ulaw` inside a WAV. */
export type VoiceFile = Omit<ClipResult, 'evidenceId' | 'width' | 'height'>

export interface VoiceOutcome {
  /** End of the call; absent when a crash ended it. */
  readonly toMs?: number
  readonly file?: VoiceFile
  /** Why there is no file. */
  readonly failure?: string
}

/** The evidence room as adapters that record voice see it. */
export interface VoiceKeeper {
  /** Absolute; recordings are written there under their ids and nothing else is touched. */
  readonly dir: string
  /** The incident of the call says that it is being recorded. */
  begin(recording: VoiceRecording): void
  /** Resolves when it is on record; may be told again. Rejects when that cannot be now: it is told anew after the next start. */
  end(recording: VoiceRecording, outcome: VoiceOutcome): Promise<void>
}
