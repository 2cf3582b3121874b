/** The caller's voice as evidence: what an adapter says of a recording that it makes below the evidence folder, and who takes it. */
import type { EvidenceId, IncidentId, SourceId, UserId } from './brand.ts'
import type { ClipResult, TicketGrant } from './media.ts'

/** One recording of one call. */
export interface VoiceRecording {
  /** `voice-<uuid>`; the file is named after it. */
  readonly id: EvidenceId
  readonly sourceId: SourceId
  /** The press that the call is. */
  readonly eventId: string
  /** Since when it was listened, UTC ms. */
  readonly fromMs: number
  /** Of a call that we placed: which incident it is for; else it is that of the press. */
  readonly incidentId?: IncidentId
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

/** `first` are the first ten seconds, also while the call goes on; `talk` speaks too, into a call that was placed for it. */
export type HearMode = 'live' | 'first' | 'talk'

/** Who can be called back from an incident. */
export interface TalkNumber {
  readonly number: string
  readonly name: string
  readonly nameEn?: string
  /** Of a contact: what he is to the household. */
  readonly relation?: string
}

export interface TalkRequest {
  readonly number: string
  /** Rule 5: the operator has read that a ringing telephone may be heard by whoever forces the caller. */
  readonly duressConfirmed?: boolean
  /** The same of a silent alarm: a telephone in the car rings beside whoever must not hear it. */
  readonly silentConfirmed?: boolean
}

export interface TalkStarted {
  readonly recording: EvidenceId
  readonly ticket: TicketGrant
}

/** By which way an operator's voice goes, and why not by WebRTC: `off` by the settings, `noOffer` from the page, `late`, `lost` in the call. */
export type WayChosen =
  | { readonly way: 'webrtc' }
  | { readonly way: 'websocket'; readonly why: 'off' | 'noOffer' | 'late' | 'lost' }

/** Open calls as consoles hear them: the sound goes by the adapter's own port, never through the main process. */
export interface VoiceLines {
  /** For an open call, by the id of its recording; undefined when there is none, or nobody more may hear it. */
  ticket(line: EvidenceId, mode: HearMode, userId: UserId): TicketGrant | undefined
  /** The last session of this user is over: what he hears ends, tickets given before open nothing. */
  endUser(userId: UserId): void
}
