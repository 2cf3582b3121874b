/** Telephone calls that the gateway places: what a room asks of an adapter, and what it hears of the call while it lasts. */
import type { IncidentId } from './brand.ts'
import type { VoiceRecording, WayChosen } from './voice.ts'
import type { CallJoin } from './voice-party.ts'

/** How a call ended. `noLine`: none was free, nobody was rung; `unreachable`: the number has no telephone or its exchange does not answer. */
export type CallEnd =
  | 'byUs'
  | 'byThem'
  | 'busy'
  | 'declined'
  | 'noAnswer'
  | 'unreachable'
  | 'noLine'
  | 'timeLimit'
  | 'failed'

/** One piece of speech by its name; where there is no such file, `otherwise` is spoken in its place. */
export interface SpeechPiece {
  /** A prompt's name without ending, e.g. `callout-intro.zh` or `household-17`: `a–z 0–9 . -`. */
  readonly name: string
  readonly otherwise?: readonly string[]
}

export interface Speech {
  readonly pieces: readonly SpeechPiece[]
  /** Again and again with a pause, or once and then silence. */
  readonly repeat: boolean
}

/** Under this id it is recorded and asked for. */
export interface Talk extends Pick<VoiceRecording, 'id' | 'sourceId'> {
  readonly incidentId: IncidentId
}

export interface CallRequest {
  /** As the registry has it. */
  readonly number: string
  /** Given up after this without an answer. */
  readonly ringMs: number
  /** What whoever answers hears. */
  readonly speech: Speech
  /** A person at a console speaks in the prompt's place and hears; both are recorded. */
  readonly talk?: Talk
  /** Whoever answers is heard by those who are on the telephone for this incident, and hears them; with the last of them it ends. */
  readonly join?: CallJoin
}

/** What happens to the call, in order; `ended` comes once and last. */
export interface CallEvents {
  ringing(): void
  answered(): void
  /** A key pressed by whoever answered: `0`–`9`, `*`, `#`, `A`–`D`. */
  digit(digit: string): void
  /** The speech has been spoken to its end, for the first time since it was set. */
  spoken(): void
  /** Of a call with `talk`, also before it is answered: by which way its console speaks, from now on. */
  way?(chosen: WayChosen): void
  ended(end: CallEnd): void
}

export interface PlacedCall {
  /** Speaks something else from now on. */
  say(speech: Speech): void
  /** Ends it in whatever state it is; `ended` follows. */
  hangUp(): void
}
