/** 系统派单范围: which classes of units the system may send, by nature and priority; a setting, shown here so that everybody knows it. */
import { useTranslation } from 'react-i18next'
import type { ClassesByPriority, Situation } from '../../../../gateway/core/class-rule.ts'
import type { UnitClass } from '../../../../gateway/core/unit.ts'
import { useSession } from '../../session.tsx'

const CLASSES: readonly UnitClass[] = ['police', 'auxiliary', 'patrol', 'volunteer', 'informant']
const PRIORITIES = ['p1', 'p2', 'p3', 'p4'] as const

export function ClassRuleTable() {
  const { t } = useTranslation()
  const { settings } = useSession()
  if (!settings) return null
  const rows = Object.entries(settings.classRule) as readonly (readonly [Situation, ClassesByPriority])[]
  return (
    <details className="class-rule">
      <summary>{t('manage:classRule.title')}</summary>
      <p className="m">{t('manage:classRule.hint')}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('manage:classRule.situation')}</th>
            {CLASSES.map(each => (
              <th key={each} scope="col">
                {t(`words:unitClass.${each}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([situation, classes]) => (
            <tr key={situation}>
              <th scope="row">
                {situation === 'unknown' ? t('manage:classRule.unknown') : t(`words:nature.${situation}`)}
              </th>
              {CLASSES.map(each => (
                <Cell key={each} priorities={PRIORITIES.filter(priority => classes[priority].includes(each))} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Cell({ priorities }: { readonly priorities: readonly (typeof PRIORITIES)[number][] }) {
  const { t } = useTranslation()
  if (priorities.length === 0) return <td className="d">{t('manage:classRule.byHand')}</td>
  if (priorities.length === PRIORITIES.length) return <td>{t('manage:classRule.all')}</td>
  const list = priorities.map(each => each.slice(1)).join(t('common:comma'))
  return <td>{t('manage:classRule.some', { list })}</td>
}
