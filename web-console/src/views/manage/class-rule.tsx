/** 系统派单范围: which classes of units the system may send, by nature and priority; shown beside the units, changed in the settings' tab. */
import { useTranslation } from 'react-i18next'
import type { Situation } from '../../../../gateway/core/class-rule.ts'
import type { RunSettingsDetail } from '../../../../gateway/core/run-settings.ts'
import { ClassHead } from './settings/class-head.tsx'
import { CLASSES, SITUATIONS, URGENCIES } from './settings/shown.ts'
import { useDetail } from './use-detail.ts'

export function ClassRuleTable() {
  const { t } = useTranslation()
  const detail = useDetail<RunSettingsDetail>('/api/run-settings')
  if (!detail) return null
  const classesOf = (situation: Situation, p: (typeof URGENCIES)[number]) =>
    detail.values.rule[`${situation}.${p}`] ?? detail.file.rule[`${situation}.${p}`]
  return (
    <details className="class-rule">
      <summary>{t('manage:classRule.title')}</summary>
      <p className="m">{t('manage:classRule.hint')}</p>
      <table>
        <thead>
          <ClassHead />
        </thead>
        <tbody>
          {SITUATIONS.map(situation => (
            <tr key={situation}>
              <th scope="row">
                {situation === 'unknown' ? t('manage:classRule.unknown') : t(`words:nature.${situation}`)}
              </th>
              {CLASSES.map(each => (
                <Cell key={each} priorities={URGENCIES.filter(p => classesOf(situation, p).includes(each))} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Cell({ priorities }: { readonly priorities: readonly (typeof URGENCIES)[number][] }) {
  const { t } = useTranslation()
  if (priorities.length === 0) return <td className="d">{t('manage:classRule.byHand')}</td>
  if (priorities.length === URGENCIES.length) return <td>{t('manage:classRule.all')}</td>
  return <td>{priorities.map(each => each.toUpperCase()).join(t('common:comma'))}</td>
}
