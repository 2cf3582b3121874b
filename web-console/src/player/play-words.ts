/** What a worker says to a playback client (docs/video-plane.md), read with suspicion; never throws. */

export type PlayWord =
  | { readonly type: 'hello'; readonly baseMs: number; readonly fromMs: number; readonly toMs: number }
  | { readonly type: 'begin'; readonly id: number }
  | {
      readonly type: 'init'
      readonly codec: string
      readonly width: number
      readonly height: number
      readonly made?: 'transcoded'
    }
  | { readonly type: 'refused' }
  | { readonly type: 'gap'; readonly id: number; readonly fromMs: number; readonly toMs: number }
  | { readonly type: 'edge'; readonly id: number; readonly atMs: number }
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'end'; readonly id: number; readonly atMs: number }

const FIELDS: { readonly [T in PlayWord['type']]: readonly string[] } = {
  hello: ['baseMs', 'fromMs', 'toMs'],
  begin: ['id'],
  init: ['width', 'height'],
  refused: [],
  gap: ['id', 'fromMs', 'toMs'],
  edge: ['id', 'atMs'],
  done: ['id'],
  end: ['id', 'atMs']
}

/** Undefined for text that is not one of ours. */
export function readPlayWord(text: string): PlayWord | undefined {
  if (text.length > 4_096) return undefined
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof raw !== 'object' || raw === null) return undefined
  const word = raw as Record<string, unknown>
  const fields = typeof word.type === 'string' && word.type in FIELDS && FIELDS[word.type as PlayWord['type']]
  if (!fields || fields.some(field => !Number.isFinite(word[field]))) return undefined
  // With sound two of them: `avc1.640028,flac`.
  if (word.type === 'init' && !(typeof word.codec === 'string' && /^[\w.]{1,64}(,[\w.]{1,64})?$/.test(word.codec)))
    return undefined
  if (word.type === 'init' && word.made !== undefined && word.made !== 'transcoded') return undefined
  return word as unknown as PlayWord
}
