/** Why a recording failed, in words: the gateway's own text begins with a code of the catalogue. The text itself is for a title only. */
import type { TFunction } from 'i18next'
import type { EvidenceItem } from '../../../gateway/core/incident.ts'

/** Texts of the gateway without a code. Source: gateway/evidence. */
const RESTARTED = 'the gateway was restarted while recording'
/** Of adapters that record callers. Source: adapters/sip/recorder.ts. */
const NO_VOICE = 'no voice came from the caller'
const VOICE_DISK_FULL = 'the disk is too full to record'

/** Who hangs up within so long has said nothing: there was nothing to record. */
const HANG_UP_S = 5

/** A call that ended before anybody spoke: no fault. Lines of before say nothing of its length. */
export const saidNothing = (failure: string, lastedS: number | undefined): boolean =>
  failure === NO_VOICE && lastedS !== undefined && lastedS <= HANG_UP_S

/** The same of a recording's item. */
export const isSilentItem = (
  item: Pick<EvidenceItem, 'kind' | 'failure' | 'requestedFromMs' | 'requestedToMs'>
): boolean =>
  item.kind === 'voice' &&
  saidNothing(item.failure ?? '', Math.round((item.requestedToMs - item.requestedFromMs) / 1_000))

/** The reason in the language; the code stands at the end, for the engineer. */
export function failureText(failure: string, t: TFunction): string {
  if (failure === RESTARTED) return t('words:failure.restarted')
  if (failure === NO_VOICE) return t('words:failure.noVoice')
  if (failure === VOICE_DISK_FULL) return t('words:failure.voiceDiskFull')
  const code = /^([A-Z][A-Z_]+)\b/.exec(failure)?.[1]
  const words = t([`words:failure.${code}`, 'words:failure.other'])
  return code ? `${words} (${code})` : words
}
