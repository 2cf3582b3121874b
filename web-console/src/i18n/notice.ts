/** A notice of the gateway in words. */
import type { TFunction } from 'i18next'
import type { Notice } from '../../../gateway/core/wire.ts'

export function noticeText(notice: Notice, t: TFunction): string {
  // A storm of presses alone groups nothing: "0 in 0 groups" would tell nobody anything.
  if (notice.code === 'storm' && notice.data.count === 0) return t('words:notice.stormSingly', { ...notice.data })
  if (notice.code === 'storm')
    return t('words:notice.storm', { ...notice.data, groups: groupsText(Number(notice.data.groups), t) })
  if (notice.code === 'sinkDown') {
    const { sink, error } = notice.data
    return t('words:notice.sinkDown', { sink, error: t([`deliveries:error.${error}`, String(error)]) })
  }
  return t([`words:notice.${notice.code}`, 'words:notice.other'], { ...notice.data, code: notice.code })
}

const LEVELS: readonly Notice['level'][] = ['critical', 'warning', 'info']

/** That no alarm is taken stands before everything else, then the graver, then the older. */
export function worstFirst(notices: Iterable<Notice>): readonly Notice[] {
  const rank = ({ code, level }: Notice) => (code === 'storeUnwritable' ? -1 : LEVELS.indexOf(level))
  return [...notices].sort((a, b) => rank(a) - rank(b) || a.atMs - b.atMs)
}

/** `1 group`, `3 groups`: two numbers in one sentence have two plurals. */
export function groupsText(groups: number, t: TFunction): string {
  return t('words:notice.stormGroups', { count: groups })
}
