/** The key that replays a caller's first seconds: whoever shows the voice of the open incident answers it. */

let answer: (() => void) | undefined

/** Call what comes back when the voice is no longer shown. */
export function onVoiceKey(replay: () => void): () => void {
  answer = replay
  return () => {
    if (answer === replay) answer = undefined
  }
}

/** False when the open incident has no voice. */
export function pressVoiceKey(): boolean {
  answer?.()
  return answer !== undefined
}
