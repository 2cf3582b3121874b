/** Rule 12 on the floor: how many sources are on test now, so that nobody takes their silence for peace; a click shows which. */
import { useTranslation } from 'react-i18next'
import type { SourceTests } from '../../../../gateway/core/source-test.ts'
import { useSession } from '../../session.tsx'
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
      <b>{t('floor:onTest.title', { n: tests.sources })}</b>
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
