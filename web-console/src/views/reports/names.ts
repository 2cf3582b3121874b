/** What a line is called in the language of the page. */
import { useTranslation } from 'react-i18next'
import type { ReportBy, ReportLine } from '../../../../gateway/core/report.ts'

export function useLineName(by: ReportBy): (line: Pick<ReportLine, 'key' | 'name'>) => string {
  const { t, i18n } = useTranslation()
  return ({ key, name }) => {
    if (key === '') return t(`reports:none.${by}`)
    if (name) return i18n.language === 'en' ? name.en : name.zh
    return by === 'source' ? t(`words:sourceKind.${key}`) : key
  }
}
