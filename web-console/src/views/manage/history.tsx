/** Who changed a record, when, and what: newest first. */
import { useTranslation } from 'react-i18next'
import type { RecordVersion } from '../../../../gateway/core/subject-record.ts'
import { useSession } from '../../session.tsx'
import { clockText, dateText } from '../../ui/time.ts'

export function History({ versions }: { readonly versions: readonly RecordVersion[] }) {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  return (
    <section className="wide mng-history">
      <h3>{t('manage:history')}</h3>
      <ul>
        {versions.map(({ version, atMs, by, fields, gone }) => (
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
                    .map(field => t([`manage:field.${field}`, `manage:part.${field}`, field]))
                    .join(t('common:comma'))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
