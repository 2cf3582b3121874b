/** Who changed a record, when, and what: newest first. */
import { useTranslation } from 'react-i18next'
import type { RecordVersion } from '../../../../gateway/core/subject-record.ts'
import { useSession } from '../../session.tsx'
import { clockText, dateText } from '../../ui/time.ts'

interface HistoryProps {
  readonly versions: readonly RecordVersion[]
  /** Of a field that has no word of its own here. */
  readonly wordOf?: (field: string) => string
}

export function History({ versions, wordOf }: HistoryProps) {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <section className="wide mng-history">
      <h3>{t('manage:history')}</h3>
      <ul>
        {versions.map(({ version, atMs, by, fields, reason, gone }) => (
          <li key={version} className="row g8">
            <span className="n d">{version}</span>
            <span className="n">
              {atMs === undefined
                ? t('manage:fromFile')
                : `${dateText(atMs, zone, i18n.language)} ${clockText(atMs, zone)}`}
            </span>
            <span>{by}</span>
            <span className="m grow">
              {gone
                ? t('manage:removed')
                : fields
                    .map(field => wordOf?.(field) ?? t([`manage:field.${field}`, `manage:part.${field}`, field]))
                    .join(t('common:comma'))}
            </span>
            {reason && <span className="m">{reason}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
