/** The keys of a caller's voice: whoever shows the voice of the open incident answers them. */

export interface VoiceKeys {
  /** A: the first seconds. */
  readonly replay: () => void
  /** ⇧A: the open call. */
  readonly hear: () => void
}

let answer: VoiceKeys | undefined

/** Call what comes back when the voice is no longer shown. */
export function onVoiceKey(keys: VoiceKeys): () => void {
  answer = keys
  return () => {
    if (answer === keys) answer = undefined
  }
}

/** False when the open incident has no voice. */
export function pressVoiceKey(key: keyof VoiceKeys): boolean {
  answer?.[key]()
  return answer !== undefined
}
