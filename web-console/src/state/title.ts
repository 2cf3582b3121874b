/** What an incident is called in a row: what called, who, and the class where it says more than the source does. */
import type { TFunction } from 'i18next'
import type { Incident } from '../../../gateway/core/incident.ts'
import { calledText } from '../ui/called.ts'
import { capital } from '../ui/capital.ts'

/** The class a source is expected to report: saying it again would only be longer. */
const EXPECTED: Readonly<Partial<Record<Incident['sourceKind'], Incident['alarmClass']>>> = {
  panicPhone: 'panic',
  oneKeyCall: 'help',
  taxi: 'panic',
  personReport: 'report'
}

/** The name of what nobody registered says that already. */
const isSaid = ({ alarmClass, subject }: Incident): boolean => alarmClass === 'unmapped' && subject.nameEn !== undefined

/** What is wrong, in the order in which it came: `离线，电池低`. Of other incidents nothing. */
export function troubleText({ alarmClass, cause, moreCauses = [] }: Troubled, t: TFunction): string {
  if (alarmClass !== 'trouble' || cause === undefined) return ''
  return [cause, ...moreCauses]
    .map(each => t([`words:cause.${each}`, 'words:alarmClass.trouble']))
    .join(t('common:comma'))
}

type Troubled = Pick<Incident, 'alarmClass' | 'cause' | 'moreCauses'>

/** Nobody presses a trouble: it is reported again, and whoever reads its causes needs no count of them all together. */
export function pressesText({ alarmClass, presses, moreCauses }: Incident, t: TFunction): string {
  if (presses < 2 || moreCauses !== undefined) return ''
  return t(alarmClass === 'trouble' ? 'floor:head.reports' : 'floor:head.presses', { n: presses })
}

/** `#9 电话报警 · 陈桂芳`, `惠民超市 · 入侵`, `滨河网关 · 离线`; what must not be cut stands first: `胁迫报警 · 福瑞金店`. */
export function titleOf(incident: Incident, t: TFunction): string {
  const { sourceKind, alarmClass, subject, nature } = incident
  const what = nature
    ? t(`words:nature.${nature}`)
    : troubleText(incident, t) ||
      (EXPECTED[sourceKind] === alarmClass || isSaid(incident) ? '' : t(`words:alarmClass.${alarmClass}`))
  const name = calledText(subject, t)
  if (alarmClass === 'duress' && !nature) return `${capital(what)} · ${name}`
  const bySource = sourceKind === 'panicPhone' || sourceKind === 'oneKeyCall' || sourceKind === 'taxi'
  return [bySource ? t(`words:sourceKind.${sourceKind}`) : '', name, what].filter(part => part !== '').join(' · ')
}
