/** How many sources are on test (rule 12) or shelved now, so that nobody takes their silence for peace; a click shows which. */
import { useTranslation } from 'react-i18next'
import type { SourceShelves } from '../../../../gateway/core/source-shelf.ts'
import type { SourceTests } from '../../../../gateway/core/source-test.ts'
import { useSession } from '../../session.tsx'
import { useNow } from '../../state/clock.ts'
import { follow } from '../../ui/page-links.tsx'
import { minuteText } from '../../ui/time.ts'
import { useRecords } from '../../wire/use-records.ts'

const LIST = '/sources?state=onTest'

export function TestBar() {
  const { t } = useTranslation()
  const { site } = useSession()
  const [tests] = useRecords<SourceTests>('/api/sources/tests', 'sourceTests')
  if (!tests || tests.sources === 0) return null
  const first = tests.active[0]
  return (
    <div className="bar-across blue" role="status">
      <b>{t('floor:onTest.title', { count: tests.sources })}</b>
      {first && (
        <span className="el">
          {t('floor:onTest.first', {
            ...{ name: first.name, reason: first.reason },
            time: minuteText(first.endMs, site?.timeZone ?? 'Asia/Shanghai')
          })}
        </span>
      )}
      <a href={LIST} onClick={event => follow(event, LIST)}>
        {t('floor:onTest.list')}
      </a>
    </div>
  )
}

export function ShelfBar() {
  const { t } = useTranslation()
  const { site } = useSession()
  const now = useNow()
  const [shelves] = useRecords<SourceShelves>('/api/sources/shelves', 'sourceShelves')
  const active = shelves?.active.filter(shelf => now < shelf.endMs) ?? []
  const first = active[0]
  if (!first) return null
  return (
    <div className="bar-across held" role="status">
      <b>{t('floor:shelved.title', { n: active.length })}</b>
      <span className="el">
        {t('floor:shelved.first', {
          ...{ name: first.name, reason: first.reason || t('sources:shelf.chatter') },
          time: minuteText(first.endMs, site?.timeZone ?? 'Asia/Shanghai')
        })}
      </span>
      <a href="/sources" onClick={event => follow(event, '/sources')}>
        {t('floor:onTest.list')}
      </a>
    </div>
  )
}
