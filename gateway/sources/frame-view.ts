/** A kept frame as it is shown: explained by its adapter, its secrets blanked in meaning and bytes; pure. */
import type { ExplainedField, FrameView } from '../core/trace.ts'
import type { KeptFrame } from './trace.ts'

export type Explain = (bytes: Uint8Array, out: boolean) => readonly ExplainedField[]

const MASK = 0x2a
const MASKED = '••••••'
const MAX_FIELDS = 200
const MAX_VALUE = 300

/** A frame that its adapter cannot explain is shown by its length alone: what is in it might be a secret. */
export function viewOf(
  { n, atMs, origin, out, length, text, fault }: KeptFrame,
  explain: Explain | undefined
): FrameView {
  const bytes = Buffer.from(text, 'latin1')
  let explained: readonly ExplainedField[] | undefined
  try {
    explained = explain?.(bytes, out)
  } catch {
    explained = undefined
  }
  const shown = { n, atMs, origin, out, length, fault }
  if (!explained) return { ...shown, hex: '', fields: [] }
  // The bytes themselves go last: explaining may have looked at them.
  for (const { secret, offset, length: count } of explained) if (secret) bytes.fill(MASK, offset, offset + count)
  return {
    ...shown,
    hex: bytes.toString('hex'),
    fields: explained.slice(0, MAX_FIELDS).map(({ claimsMs, secret, value, ...field }) => ({
      ...field,
      value: secret ? MASKED : value.slice(0, MAX_VALUE),
      ...(secret ? { masked: true } : {}),
      ...(claimsMs === undefined ? {} : { offMs: claimsMs - atMs })
    }))
  }
}
