/** Why a recording failed, in words: the gateway's own text begins with a code of the catalogue. The text itself is for a title only. */
import type { TFunction } from 'i18next'

/** Texts of the gateway without a code. Source: gateway/evidence. */
const RESTARTED = 'the gateway was restarted while recording'

/** The reason in the language; the code stands at the end, for the engineer. */
export function failureText(failure: string, t: TFunction): string {
  if (failure === RESTARTED) return t('words:failure.restarted')
  const code = /^([A-Z][A-Z_]+)\b/.exec(failure)?.[1]
  const words = t([`words:failure.${code}`, 'words:failure.other'])
  return code ? `${words} (${code})` : words
}
