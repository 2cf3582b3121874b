/** 系统派单范围: which classes of units the system may send, by nature and priority; into danger only those who are trained for it. */
import { useTranslation } from 'react-i18next'
import type { Situation } from '../../../../../gateway/core/class-rule.ts'
import type { RuleKey, RunSettingsDetail } from '../../../../../gateway/core/run-settings.ts'
import type { UnitClass } from '../../../../../gateway/core/unit.ts'
import { Button } from '../../../ui/parts.tsx'
import { type Faults, GroupFaults } from '../fields.tsx'
import { ClassHead } from './class-head.tsx'
import type { Typed } from './index.tsx'
import { CLASSES, DANGERS, LAY, SITUATIONS, URGENCIES } from './shown.ts'

interface RuleTableProps {
  readonly detail: RunSettingsDetail
  readonly typed: Typed
  readonly faults: Faults
  readonly onCell: (key: RuleKey, classes: readonly UnitClass[] | undefined) => void
}

export function RuleTable({ detail, typed, faults, onCell }: RuleTableProps) {
  const { t } = useTranslation()
  return (
    <section className="wide mng-report" aria-label={t('manage:classRule.title')}>
      <h3>{t('manage:classRule.title')}</h3>
      <table>
        <thead>
          <ClassHead>
            <th scope="col" />
          </ClassHead>
        </thead>
        <tbody>
          {SITUATIONS.map(situation => {
            const keys = URGENCIES.map(p => `${situation}.${p}` as const)
            const isSet = keys.some(key => typed.rule[key] !== undefined)
            const name = situation === 'unknown' ? t('manage:classRule.unknown') : t(`words:nature.${situation}`)
            return (
              <tr key={situation}>
                <th scope="row">
                  {name}
                  {keys.map(key => (
                    <GroupFaults key={key} field={key} faults={faults} />
                  ))}
                </th>
                {CLASSES.map(unitClass => (
                  <td key={unitClass}>
                    <Cell {...{ situation, unitClass, name, detail, typed, onCell }} />
                  </td>
                ))}
                <td>
                  {isSet && (
                    <Button
                      aria-label={t('manage:run.backOf', { what: name })}
                      onClick={() => keys.forEach(key => void onCell(key, undefined))}
                    >
                      {t('manage:run.back')}
                    </Button>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

interface CellProps extends Pick<RuleTableProps, 'detail' | 'typed' | 'onCell'> {
  readonly situation: Situation
  readonly unitClass: UnitClass
  readonly name: string
}

/** One press a priority. */
function Cell({ situation, unitClass, name, detail, typed, onCell }: CellProps) {
  const { t } = useTranslation()
  if (LAY.has(unitClass) && DANGERS.has(situation)) return <span className="d">{t('manage:classRule.byHand')}</span>
  return (
    <span className="row g4">
      {URGENCIES.map(p => {
        const key = `${situation}.${p}` as const
        const classes = typed.rule[key] ?? detail.file.rule[key]
        const isOn = classes.includes(unitClass)
        const isSet = typed.rule[key] !== undefined && isOn !== detail.file.rule[key].includes(unitClass)
        return (
          <button
            key={p}
            type="button"
            className={`mng-press n${isOn ? ' on' : ''}${isSet ? ' set' : ''}`}
            aria-pressed={isOn}
            aria-label={`${name} ${t(`words:unitClass.${unitClass}`)} ${p.toUpperCase()}`}
            onClick={() => onCell(key, isOn ? classes.filter(each => each !== unitClass) : [...classes, unitClass])}
          >
            {p.toUpperCase()}
          </button>
        )
      })}
    </span>
  )
}
