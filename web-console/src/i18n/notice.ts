/** A notice of the gateway in words. */
import type { TFunction } from 'i18next'
import type { Notice } from '../../../gateway/core/wire.ts'

export function noticeText(notice: Notice, t: TFunction): string {
  return t([`words:notice.${notice.code}`, 'words:notice.other'], { ...notice.data, code: notice.code })
}
