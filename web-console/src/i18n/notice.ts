/** A notice of the gateway in words. */
import type { TFunction } from 'i18next'
import type { Notice } from '../../../gateway/core/wire.ts'

export function noticeText(notice: Notice, t: TFunction): string {
  // A storm of presses alone groups nothing: "0 in 0 groups" would tell nobody anything.
  if (notice.code === 'storm' && notice.data.count === 0) return t('words:notice.stormSingly', { ...notice.data })
  return t([`words:notice.${notice.code}`, 'words:notice.other'], { ...notice.data, code: notice.code })
}
