/** ← and → on the floor: the clip that loops beside the live pictures answers them. */
import type { ClipKey } from './clip-control.ts'

let answer: ((key: ClipKey) => void) | undefined

/** Call what comes back when the clip is no longer shown. */
export function onClipKey(act: (key: ClipKey) => void): () => void {
  answer = act
  return () => {
    if (answer === act) answer = undefined
  }
}

/** False when no clip is shown. */
export function pressClipKey(key: ClipKey): boolean {
  answer?.(key)
  return answer !== undefined
}
